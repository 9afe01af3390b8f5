import Artifacts
import Diagnostics
import Testing

@Suite struct RecipeTests {
    static func training(_ json: String) throws -> TrainingRecipe { try TrainingRecipe(json: Array(json.utf8), name: "run.json") }

    static func distillation(_ json: String) throws -> DistillationRecipe {
        try DistillationRecipe(json: Array(json.utf8), name: "run.json")
    }

    @Test func missingKeysTakeDefaults() throws {
        #expect(try Self.training("{}") == TrainingRecipe())
        #expect(try Self.distillation("{}") == DistillationRecipe())
        let recipe = try Self.training(
            #"{"epochs": 3, "schedule": "cosine", "augmentation": {"cutoutSide": 4}, "gradientClip": 1}"#)
        #expect(recipe.epochs == 3 && recipe.schedule == .cosine && recipe.gradientClip == 1 && recipe.batchSize == 128)
        #expect(recipe.augmentation.cutoutSide == 4 && recipe.augmentation.cropPadding == 2)
        #expect(try Self.training(#"{"gradientClip": null}"#).gradientClip == nil)
    }

    @Test func writtenRecipesReadBack() throws {
        var recipe = TrainingRecipe()
        recipe.seed = .max
        recipe.gradientClip = 0.1
        recipe.peakLearningRate = 0.1 + 0.2
        #expect(try TrainingRecipe(json: recipe.json(), name: "x") == recipe)
        var loss = DistillationRecipe()
        loss.exitWeights = [0.5, 1, 2]
        loss.entropyForm = .normalized
        loss.wrongRule = .either
        #expect(try DistillationRecipe(json: loss.json(), name: "x") == loss)
    }

    @Test(arguments: [
        (#"{"epoch": 3}"#, "epoch"), (#"{"augmentation": {"flip": true}}"#, "augmentation.flip"),
        (#"{"epochs": "ten"}"#, "epochs"), (#"{"epochs": 0}"#, "epochs"), (#"{"batchSize": 1.5}"#, "batchSize"),
        (#"{"schedule": "linear"}"#, "schedule"), (#"{"peakLearningRate": -1}"#, "peakLearningRate"),
        (#"{"momentum": 1}"#, "momentum"), (#"{"momentum": 0}"#, "nesterov"), (#"{"gradientClip": 0}"#, "gradientClip"),
        (#"{"augmentation": {"cropPadding": -1}}"#, "cropPadding"), (#"{"horizontalFlip": 1}"#, "horizontalFlip"),
    ])
    func wrongTrainingRecipesNameTheKey(_ json: String, _ key: String) throws {
        let error = try #require(throws: ErdeError.self) { try Self.training(json) }
        #expect(error.kind == .usage && error.subject == "run.json: \(key)" && error.remedy != nil, "\(error)")
    }

    @Test(arguments: [
        (#"{"temperature": 0}"#, "temperature"), (#"{"gamma": -1}"#, "gamma"), (#"{"exitWeights": [0, 0]}"#, "exitWeights"),
        (#"{"method": "mate"}"#, "method"), (#"{"teacherExit": 3}"#, "teacherExit"), (#"{"beta": null}"#, "beta"),
    ])
    func wrongDistillationRecipesNameTheKey(_ json: String, _ key: String) throws {
        let error = try #require(throws: ErdeError.self) { try Self.distillation(json) }
        #expect(error.kind == .usage && error.subject == "run.json: \(key)", "\(error)")
    }

    @Test func choicesAreListed() throws {
        let error = try #require(throws: ErdeError.self) { try Self.training(#"{"schedule": "linear"}"#) }
        #expect(error.remedy == "choose cosine, oneCycle")
    }

    @Test(arguments: ["", "[]", "{", "nonsense"]) func textThatIsNoObjectIsRefused(_ json: String) throws {
        let error = try #require(throws: ErdeError.self) { try Self.training(json) }
        #expect(error.kind == .usage && error.subject.hasPrefix("run.json"))
    }
}
