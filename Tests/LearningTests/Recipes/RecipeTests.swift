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
        #expect(try Self.training(#"{"gradientClip": 0}"#).gradientClip == 0 && TrainingRecipe().gradientClip > 0)
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
        loss.method = .erdeMate
        loss.mate.rho = 0.9
        loss.mate.ensembles = .geometric
        #expect(try DistillationRecipe(json: loss.json(), name: "x") == loss)
    }

    @Test(arguments: [
        (#"{"epoch": 3}"#, "epoch"), (#"{"augmentation": {"flip": true}}"#, "augmentation.flip"),
        (#"{"epochs": "ten"}"#, "epochs"), (#"{"epochs": 0}"#, "epochs"), (#"{"batchSize": 1.5}"#, "batchSize"),
        (#"{"schedule": "linear"}"#, "schedule"), (#"{"peakLearningRate": -1}"#, "peakLearningRate"),
        (#"{"momentum": 1}"#, "momentum"), (#"{"momentum": 0}"#, "nesterov"), (#"{"gradientClip": -1}"#, "gradientClip"),
        (#"{"augmentation": {"cropPadding": -1}}"#, "cropPadding"), (#"{"horizontalFlip": 1}"#, "horizontalFlip"),
        (#"{"augmentation": {"mixup": 0.01}}"#, "mixup"), (#"{"augmentation": {"mixup": 3}}"#, "mixup"),
        (#"{"augmentation": {"erasing": 1.5}}"#, "erasing"),
    ])
    func wrongTrainingRecipesNameTheKey(_ json: String, _ key: String) throws {
        let error = try #require(throws: ErdeError.self) { try Self.training(json) }
        #expect(error.kind == .usage && error.subject == "run.json: \(key)" && error.remedy != nil, "\(error)")
    }

    @Test(arguments: [
        (#"{"temperature": 0}"#, "temperature"), (#"{"gamma": -1}"#, "gamma"), (#"{"exitWeights": [0, 0]}"#, "exitWeights"),
        (#"{"method": "mat"}"#, "method"), (#"{"teacherExit": 3}"#, "teacherExit"), (#"{"beta": null}"#, "beta"),
        (#"{"mate": {"rho": 1.5}}"#, "mate.rho"), (#"{"mate": {"lambda": -1}}"#, "mate.lambda"),
        (#"{"mate": {"temperature": 0}}"#, "mate.temperature"), (#"{"mate": {"weights": 1}}"#, "mate.weights"),
        (#"{"mate": {"ensembles": "best"}}"#, "mate.ensembles"), (#"{"mate": {"rampShare": 2}}"#, "mate.rampShare"),
    ])
    func wrongDistillationRecipesNameTheKey(_ json: String, _ key: String) throws {
        let error = try #require(throws: ErdeError.self) { try Self.distillation(json) }
        #expect(error.kind == .usage && error.subject == "run.json: \(key)", "\(error)")
    }

    @Test func commandsHaveDefaultsOfTheirOwn() throws {
        func run(_ json: String) throws -> RunRecipe { try RunRecipe(json: Array(json.utf8), name: "run.json") }
        #expect(try run("{}").distillation == nil && run("{}").score == .entropy)
        let recipe = try run(
            #"{"distillation": {"method": "erde+mate"}, "score": "oneMinusMaximum", "targetMACs": 2e7, "budgets": [1e7, 2e7], "#
                + #""quantization": {"ranges": "entropy"}}"#)
        #expect(recipe.distillation?.method == .erdeMate && recipe.score == .oneMinusMaximum)
        #expect(recipe.targetMACs == 2e7 && recipe.budgets == [1e7, 2e7] && recipe.maxMACs == nil)
        #expect(recipe.quantization?.ranges == .entropy && recipe.quantization?.images == QuantizationRecipe().images)
        #expect(try RunRecipe(json: recipe.json(), name: "x") == recipe)
    }

    @Test(arguments: [
        (#"{"searchEpochs": -1}"#, "searchEpochs"), (#"{"searchEpochs": 100001}"#, "searchEpochs"),
        (#"{"outOfFold": 1}"#, "outOfFold"), (#"{"outOfFold": 1001}"#, "outOfFold"), (#"{"folds": 3}"#, "folds"),
        (#"{"targetMACs": 0}"#, "targetMACs"), (#"{"maxMACs": -1}"#, "maxMACs"), (#"{"budgets": [1e6, 0]}"#, "budgets"),
        (#"{"prunedMACs": -5}"#, "prunedMACs"), (#"{"quantization": {"ranges": "best"}}"#, "quantization.ranges"),
        (#"{"quantization": {"weightBits": 4}}"#, "weightBits"), (#"{"quantization": {"bits": 8}}"#, "quantization.bits"),
    ])
    func wrongRunRecipesNameTheKey(_ json: String, _ key: String) throws {
        let error = try #require(throws: ErdeError.self) { try RunRecipe(json: Array(json.utf8), name: "run.json") }
        #expect(error.kind == .usage && error.subject == "run.json: \(key)", "\(error)")
    }

    @Test func methodsSayWhatTheyNeed() {
        for method in DistillationRecipe.Method.allCases {
            #expect(DistillationRecipe.Method.withoutTeacher.contains(method) == !method.learnsFromTeacher)
            #expect(!method.isEntropyRegularized || method.learnsFromTeacher)
        }
        #expect(DistillationRecipe.Method.withoutTeacher == [.ce, .mate, .eed, .beed, .byot, .dks])
        #expect(DistillationRecipe.Method.allCases.filter(\.learnsFromItself).count == 6)
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
