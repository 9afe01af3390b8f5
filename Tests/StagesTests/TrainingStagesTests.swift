import Architectures
import Artifacts
import CPUEngine
import Diagnostics
import Distill
import Execution
import Graphs
import Tensors
import Testing
import TrainTeacher
import Training

@Suite struct TrainingStagesTests {
    static let dataset: Dataset = {
        let image = ImageFormat(channels: 1, height: 4, width: 4)
        var generator = RandomGenerator(seed: 2)
        func samples(_ count: Int) -> Samples {
            let labels = (0..<count).map { Int32($0 % 2) }
            let pixels = labels.flatMap { label in (0..<16).map { _ in UInt8(100 * Int(label) + generator.below(100)) } }
            return Samples(image: image, labels: labels, store: PixelStore(pixels))
        }
        return Dataset(
            description: DatasetDescription(
                classNames: ["dark", "bright"], image: image, mean: [0.4], standardDeviation: [0.3],
                counts: [.train: 40, .calibration: 10, .test: 10], source: "made", seed: 2),
            train: samples(40), calibration: samples(10), test: samples(10), fingerprint: "f00d")
    }()

    static var recipe: TrainingRecipe {
        var recipe = TrainingRecipe()
        recipe.epochs = 6
        recipe.batchSize = 8
        return recipe
    }

    final class Warnings { var texts: [String] = [] }

    static func run(_ warnings: Warnings = Warnings()) -> TrainingRun {
        var run = TrainingRun(engine: CPUEngine(), options: CompilationOptions(threads: 1))
        run.report = { if case .warning(let text) = $0 { warnings.texts.append(text) } }
        return run
    }

    static func loss(_ method: DistillationRecipe.Method) -> DistillationRecipe {
        var loss = DistillationRecipe()
        loss.method = method
        return loss
    }

    static func architecture(_ name: String) throws -> ArchitectureDescription { try ArchitectureDescription(parsing: name) }

    @Test func modelsKnowWhereTheyComeFrom() throws {
        let warnings = Warnings()
        let wide = try Self.architecture("preresnet:widths=4,8:blocks=1,1")
        let teacher = try trainTeacher(
            on: Self.dataset, datasetPath: "/data/made.erds", architecture: wide, recipe: Self.recipe,
            loss: Self.loss(.ce), run: Self.run(warnings))
        #expect(teacher.metadata.role == .teacher && teacher.exitCount == 2)
        #expect(teacher.metadata.classNames == ["dark", "bright"])
        #expect(try teacher.metadata.cumulativeMACs == wide.cumulativeMACs(image: Self.dataset.description.image, classes: 2))
        #expect(teacher.metadata.provenance.architecture == wide && teacher.metadata.provenance.training == Self.recipe)
        #expect(teacher.metadata.provenance.datasetPath == "/data/made.erds")
        #expect(teacher.metadata.provenance.datasetFingerprint == "f00d")
        #expect(teacher.metadata.provenance.distillation == Self.loss(.ce) && teacher.metadata.provenance.parentHash == nil)
        let errors = try #require(teacher.metadata.provenance.trainingErrorPerExit)
        #expect(errors.count == 2)
        #expect(warnings.texts.isEmpty == (errors.max()! >= MemorisedTeacher.leastError))

        let narrow = try Self.architecture("preresnet:widths=2,4:blocks=1,1")
        for method in DistillationRecipe.Method.allCases {
            let loss = Self.loss(method)
            let student = try distill(
                from: teacher, parentHash: "abc", on: Self.dataset, datasetPath: "/data/made.erds", to: narrow,
                recipe: Self.recipe, distillation: loss, run: Self.run())
            #expect(student.metadata.role == .student && student.metadata.provenance.parentHash == "abc")
            #expect(student.metadata.provenance.distillation == loss && student.metadata.provenance.architecture == narrow)
            #expect(student.metadata.provenance.trainingErrorPerExit?.count == 2)
            let names = Set(student.graph.variables.map { student.graph.name(of: $0.value) })
            #expect(Set(student.parameters.tensors.keys) == names)
            let rows = student.metadata.provenance.ensembleWeights
            #expect((rows != nil) == [.mate, .erdeMate].contains(method))
            for row in rows ?? [] { #expect(row.count == 2 && abs(row.reduce(0, +) - 1) < 1e-6) }
        }
    }

    @Test(arguments: DistillationRecipe.Method.allCases) func teachersLearnAloneOrNotAtAll(
        _ method: DistillationRecipe.Method
    ) throws {
        var recipe = Self.recipe
        recipe.epochs = 2
        recipe.augmentation.mixup = 0.4
        func train() throws -> Model {
            try trainTeacher(
                on: Self.dataset, datasetPath: nil, architecture: Self.architecture("preresnet:widths=2,4:blocks=1,1"),
                recipe: recipe, loss: Self.loss(method), run: Self.run())
        }
        if method.learnsFromTeacher {
            let error = try #require(throws: ErdeError.self) { try train() }
            #expect(error.kind == .usage && error.subject == "method")
        } else {
            let model = try train()
            #expect(model.metadata.provenance.distillation?.method == method)
            #expect(!model.parameters.tensors.keys.contains { $0.hasPrefix("mate") })
        }
    }

    @Test func anotherTasksTeacherIsRefused() throws {
        let architecture = try Self.architecture("preresnet:widths=2,4:blocks=1,1")
        var teacher = try architecture.initialModel(role: .teacher, for: Self.dataset.description, seed: 1)
        teacher.metadata.classNames = ["cat", "dog"]
        let error = try #require(throws: ErdeError.self) {
            try distill(
                from: teacher, parentHash: nil, on: Self.dataset, datasetPath: nil, to: architecture, recipe: Self.recipe,
                distillation: DistillationRecipe(), run: Self.run())
        }
        #expect(error.kind == .usage && error.subject == "teacher")
    }
}
