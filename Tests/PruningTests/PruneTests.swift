import Architectures
import Artifacts
import CPUEngine
import Diagnostics
import Execution
import Graphs
import Prune
import ReferenceEngine
import Tensors
import TestSupport
import Testing
import Training

/// The whole stage: steps, recovery, and what the model knows of it afterwards.
@Suite struct PruneTests {
    static let dataset: Dataset = {
        let image = ImageFormat(channels: 1, height: 6, width: 6)
        var generator = RandomGenerator(seed: 2)
        func samples(_ count: Int) -> Samples {
            let labels = (0..<count).map { Int32($0 % 2) }
            let pixels = labels.flatMap { label in (0..<36).map { _ in UInt8(100 * Int(label) + generator.below(100)) } }
            return Samples(image: image, labels: labels, store: PixelStore(pixels))
        }
        return Dataset(
            description: DatasetDescription(
                classNames: ["dark", "bright"], image: image, mean: [0.4], standardDeviation: [0.3],
                counts: [.train: 40, .calibration: 10, .test: 10], source: "made", seed: 2),
            train: samples(40), calibration: samples(10), test: samples(10), fingerprint: "f00d")
    }()

    static func model(_ name: String, role: ModelMetadata.Role = .teacher) throws -> Model {
        try ArchitectureDescription(parsing: name).initialModel(role: role, for: dataset.description, seed: 4)
    }

    static func task(
        _ model: Model, _ share: Double, teacher: Model? = nil, _ change: (inout PruningRecipe) -> Void = { _ in }
    ) -> PruningTask {
        var recipe = PruningRecipe()
        (recipe.steps, recipe.multiple, recipe.minimumWidth, recipe.batches) = (2, 2, 2, 2)
        change(&recipe)
        var training = TrainingRecipe()
        (training.epochs, training.batchSize, training.peakLearningRate) = (2, 8, 0.05)
        var loss = DistillationRecipe()
        loss.method = teacher == nil ? .ce : .erde
        return PruningTask(
            model: model, targetMACs: share * Double(model.metadata.cumulativeMACs.last!), recipe: recipe, teacher: teacher,
            dataset: dataset, training: training, distillation: loss)
    }

    final class Log {
        var steps: [PruningStep] = []
        var saved: [Int: Model] = [:]
    }

    static func run(_ log: Log = Log(), engine: any Engine = CPUEngine()) -> PruningRun {
        let training = TrainingRun(engine: engine, options: CompilationOptions(threads: 1))
        return PruningRun(
            computation: training.computation, training: { (_) throws(ErdeError) in training },
            save: { (step, model) throws(ErdeError) in log.saved[step] = model }, report: { log.steps.append($0) })
    }

    @Test(arguments: PruningRecipe.Importance.allCases) func everyImportanceComesDownAndRecovers(
        _ importance: PruningRecipe.Importance
    ) throws {
        let model = try Self.model("preresnet:widths=8,12:blocks=1,1")
        let log = Log()
        let task = Self.task(model, 0.5) { $0.importance = importance }
        let pruned = try prune(task, Self.run(log))
        let full = model.metadata.cumulativeMACs.last!
        let macs = pruned.metadata.cumulativeMACs.last!
        #expect(2 * macs <= full && pruned.graph.cost().cumulativeMACs == pruned.metadata.cumulativeMACs)
        #expect(log.steps.map(\.step) == [1, 2] && log.steps.map(\.epochs) == [1, 2])
        #expect(log.steps[0].macsBefore == full && log.steps[1].macsAfter == macs && log.saved.keys.sorted() == [0])
        #expect(Double(log.steps[0].macsAfter) <= 0.7072 * Double(full))
        let records = try #require(pruned.metadata.provenance.prunings)
        #expect(records.count == 1 && records[0].recipe == task.recipe && records[0].macsAfter == macs)
        #expect(records[0].parametersAfter == pruned.graph.cost().parameterCount)
        #expect(pruned.metadata.provenance.networkName?.hasSuffix(", pruned") == true)
        #expect(pruned.metadata.provenance.trainingErrorPerExit?.count == 2)
        for tensor in pruned.parameters.tensors.values { #expect(tensor.floats.allSatisfy { $0.isFinite }) }
        let names = Set(pruned.graph.variables.map { pruned.graph.name(of: $0.value) })
        #expect(Set(pruned.parameters.tensors.keys) == names)
        // A pruned model is a model: it can be pruned again.
        let again = try prune(Self.task(pruned, 0.8) { ($0.importance, $0.multiple) = (importance, 1) }, Self.run())
        #expect(again.metadata.provenance.prunings?.count == 2)
    }

    @Test(arguments: [
        "vgg:widths=6,8:blocks=1,1", "mobilenetv2:widths=4,6:blocks=1,2:stem=6:last=12", "densenet:blocks=2,2:growth=4",
        "msdnet:layers=2:base=1:step=1:scales=2:growth=4:stem=6:head=pool2", "wrn:widths=6,8:blocks=1,1:stem=4",
    ]) func everyFamilyIsPrunedFromATeacher(_ name: String) throws {
        let model = try Self.model(name)
        let pruned = try prune(Self.task(model, 0.6, teacher: model), Self.run())
        #expect(Double(pruned.metadata.cumulativeMACs.last!) <= 0.6 * Double(model.metadata.cumulativeMACs.last!))
        #expect(pruned.metadata.provenance.distillation?.method == .erde)
        try GraphVerifier.verify(pruned.graph)
    }

    @Test func goingOnGivesTheSameModel() throws {
        let model = try Self.model("preresnet:widths=8,12:blocks=1,1")
        let task = Self.task(model, 0.5)
        let log = Log()
        let whole = try prune(task, Self.run(log))
        var later = Self.run()
        later.earlier = { (step) throws(ErdeError) in log.saved[step] }
        #expect(try prune(task, later).parameters == whole.parameters)

        let other = Self.task(model, 0.4)
        let error = try #require(throws: ErdeError.self) { try prune(other, later) }
        #expect(error.kind == .usage && error.subject == "--resume")
    }

    @Test func goingOnOtherwiseIsRefusedByName() throws {
        let model = try Self.model("preresnet:widths=8,12:blocks=1,1")
        func refuses(_ words: String, from made: PruningTask, _ change: (inout PruningTask) -> Void) throws {
            let log = Log()
            _ = try prune(made, Self.run(log))
            var later = Self.run()
            later.earlier = { (step) throws(ErdeError) in log.saved[step] }
            var other = made
            change(&other)
            let error = try #require(throws: ErdeError.self) { try prune(other, later) }
            #expect(error.kind == .usage && error.subject == "--resume" && error.problem.contains(words), "\(error)")
        }
        let task = Self.task(model, 0.5) { $0.importance = .l2 }
        try refuses("another recipe (", from: task) { $0.training.peakLearningRate = 0.01 }
        try refuses("now seed", from: task) { $0.training.seed = 2 }
        try refuses("another loss (", from: task) { $0.distillation.alpha = 2 }
        try refuses("another dataset (fingerprint f00d, now beef)", from: task) {
            $0.dataset = Dataset(
                description: Self.dataset.description, train: Self.dataset.train, calibration: Self.dataset.calibration,
                test: Self.dataset.test, fingerprint: "beef")
        }
        try refuses("another recipe of pruning (", from: task) { $0.recipe.stepEpochs = 2 }
        try refuses("training after each step", from: task) { $0.trains = false }
        let teacher = try Self.model("preresnet:widths=8,12:blocks=1,1")
        try refuses("another teacher", from: Self.task(model, 0.5, teacher: teacher) { $0.importance = .l2 }) { task in
            task.teacher?.parameters["stem_weight"]?.floats[0] += 1
        }
        let made = Log()
        _ = try prune(task, Self.run(made))
        var elsewhere = Self.run(engine: ReferenceEngine())
        elsewhere.earlier = { (step) throws(ErdeError) in made.saved[step] }
        let error = try #require(throws: ErdeError.self) { try prune(task, elsewhere) }
        #expect(error.subject == "--resume" && error.problem.contains("now reference in float32"), "\(error)")
        var untrained = task
        untrained.trains = false
        try refuses("no training after each step", from: untrained) { $0.trains = true }
        let log = Log()
        let whole = try prune(untrained, Self.run(log))
        var later = Self.run()
        later.earlier = { (step) throws(ErdeError) in log.saved[step] }
        #expect(try prune(untrained, later).parameters == whole.parameters)
    }

    @Test func withoutImagesChannelsAreOnlyRemoved() throws {
        var model = try Self.model("preresnet:widths=8,12:blocks=1,1")
        model.metadata.provenance.trainingErrorPerExit = [0.1, 0.1]
        model.metadata.provenance.outOfFoldErrorPerExit = [0.2, 0.2]
        model.metadata.provenance.ensembleWeights = [[0.5, 0.5]]
        var task = Self.task(model, 0.5) { ($0.importance, $0.steps) = (.l2, 1) }
        task.dataset = nil
        let pruned = try prune(task, Self.run())
        let kept = Set(model.parameters["stem_weight"]!.floats)
        #expect(pruned.parameters["stem_weight"]!.floats.allSatisfy { kept.contains($0) })
        let provenance = pruned.metadata.provenance
        #expect(provenance.trainingErrorPerExit == nil && provenance.outOfFoldErrorPerExit == nil)
        #expect(provenance.ensembleWeights == nil)
        task.recipe.importance = .taylor
        let error = try #require(throws: ErdeError.self) { try prune(task, Self.run()) }
        #expect(error.kind == .usage && error.subject == "--importance")
    }

    @Test func notANumberIsRefused() throws {
        var model = try Self.model("preresnet:widths=8,12:blocks=1,1")
        model.parameters["stem_weight"]!.floats[0] = .nan
        let task = Self.task(model, 0.5) { $0.importance = .random }
        let error = try #require(throws: ErdeError.self) { try prune(task, Self.run()) }
        #expect(error.kind == .badData && error.subject == "stem_weight")
    }

    @Test func narrowGroupsKeepAQuarterOverAllSteps() throws {
        let model = try Self.model("preresnet:widths=8,12:blocks=1,1")
        let least = try #require(
            throws: ErdeError.self, performing: { try prune(Self.task(model, 0.001) { $0.steps = 4 }, Self.run()) })
        #expect(least.kind == .usage && least.subject == "prunedMACs")
    }
}
