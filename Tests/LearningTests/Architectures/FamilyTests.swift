import Architectures
import Artifacts
import CPUEngine
import Diagnostics
import Execution
import Graphs
import Inference
import ReferenceEngine
import Tensors
import TestSupport
import Testing
import Training

/// What every family must do, each on tiny networks.
@Suite struct FamilyTests {
    static let forward = Tolerance(absolute: 2e-5, relative: 2e-4, reason: "float32 through up to twenty layers")

    @Test(arguments: TinyNetworks.names) func graphIsWellFormed(_ name: String) throws {
        let description = try ArchitectureDescription(parsing: name)
        let graph = try TinyNetworks.model(name).graph
        try GraphVerifier.verify(graph)
        #expect(graph.outputs.map(\.name) == description.exitBlocks.indices.map { "logits_exit\($0 + 1)" })
        #expect(graph.outputs.allSatisfy { graph.type(of: $0.value) == TensorType([1, 5]) })
        #expect(graph.removingDeadNodes().nodes.count == graph.nodes.count)
        #expect(graph.removingDeadNodes().variables.count == graph.variables.count)
        let larger = try graph.rebatched(4)
        try GraphVerifier.verify(larger)
        #expect(larger.outputs.allSatisfy { larger.type(of: $0.value) == TensorType([4, 5]) })
        let macs = graph.cost().cumulativeMACs
        #expect(zip(macs, macs.dropFirst()).allSatisfy(<) && macs[0] > 0)
    }

    @Test(arguments: TinyNetworks.names) func enginesAgree(_ name: String) throws {
        let model = try TinyNetworks.model(name)
        let graph = try model.graph.rebatched(3)
        let inputs = [Model.inputName: TinyNetworks.images(3)]
        let expected = try ReferenceEngine().compile(graph, parameters: model.parameters).run(inputs)
        let actual = try CPUEngine().compile(graph, parameters: model.parameters, options: CompilationOptions(threads: 1))
            .run(inputs)
        for output in graph.outputs {
            expectClose(try #require(actual[output.name]), try #require(expected[output.name]), Self.forward, output.name)
        }
    }

    @Test(arguments: TinyNetworks.names) func trainingStepsAgree(_ name: String) throws {
        let model = try TinyNetworks.model(name)
        var recipe = TrainingRecipe()
        recipe.batchSize = 6
        recipe.gradientClip = 1
        var loss = DistillationRecipe()
        loss.method = .ce
        let training = try TrainingGraph(student: model.graph, teacher: nil, recipe: recipe, distillation: loss)
        try GraphVerifier.verify(training.graph)
        var parameters = model.parameters
        for variable in training.graph.variables where variable.role == .optimizer {
            parameters[training.graph.name(of: variable.value)] = Tensor(
                repeating: 0, training.graph.shape(of: variable.value))
        }
        let inputs = [
            Model.inputName: TinyNetworks.images(6), "batch_labels": Tensor([6], [0, 1, 2, 3, 4, 0] as [Int32]),
            "dropout_seed": Tensor([2], [5, 6] as [Int32]), "learning_rate": Tensor(0.1),
        ]
        let reference = try ReferenceEngine().compile(training.graph, parameters: parameters)
        let executable = try CPUEngine().compile(
            training.graph, parameters: parameters, options: CompilationOptions(threads: 1))
        let expected = try reference.run(inputs)
        let actual = try executable.run(inputs)
        for (output, value) in expected { expectClose(try #require(actual[output]), value, Self.step, output) }
        for variable in training.graph.variables {
            expectClose(
                try executable.read(variable: variable), try reference.read(variable: variable), Self.step,
                training.graph.name(of: variable.value))
        }
    }

    static let step = Tolerance(
        absolute: 1e-4, relative: 1e-3, reason: "float32 through up to twenty layers and back, batch norm of few elements")

    @Test(arguments: TinyNetworks.names) func learns(_ name: String) throws {
        var recipe = Fixtures.recipe(epochs: 10)
        recipe.batchSize = 16
        recipe.augmentation.horizontalFlip = false
        let task = try Fixtures.task(
            .ce, recipe: recipe, dataset: Fixtures.dataset(images: 96, calibration: 20), student: name)
        let result = try Trainer(task, Fixtures.run(CPUEngine())).train()
        let (first, last) = (try #require(result.epochs.first), try #require(result.epochs.last))
        #expect(last.loss < 0.8 * first.loss, "\(result.epochs.map(\.loss))")
    }

    /// Each network is taught by the next one of the list, which mostly is of another family and has other exits.
    @Test(arguments: TinyNetworks.names.indices) func anyFamilyTeachesAnyOther(_ index: Int) throws {
        let student = try Fixtures.model(TinyNetworks.names[index])
        let teacherName = TinyNetworks.names[(index + 1) % TinyNetworks.names.count]
        let teacher = try Fixtures.model(teacherName, role: .teacher, seed: 9)
        let task = TrainingTask(
            graph: student.graph, parameters: student.parameters, teacher: teacher, dataset: Fixtures.dataset(),
            recipe: Fixtures.recipe(epochs: 1), distillation: Fixtures.loss(.erde))
        let summary = try #require(try Trainer(task, Fixtures.run(CPUEngine())).train().epochs.first)
        #expect(summary.loss.isFinite && summary.loss > 0)
        #expect(summary.teacherErrorPerExit.count == teacher.exitCount)
        #expect(summary.trainingAccuracyPerExit.count == student.exitCount)
    }

    /// Exits are really taken, the images that stay are packed together, and each answer is that of the full depth.
    @Test(arguments: TinyNetworks.names) func exitsGiveWhatFullDepthGives(_ name: String) throws {
        let model = try TinyNetworks.model(name)
        let (count, engine) = (13, CPUEngine())
        let images = TinyNetworks.images(count).floats
        let full = try FullDepthClassifier(model: model, engine: engine, options: CompilationOptions(threads: 1))
            .logits(images, count: count)
        // At every gate about a third of all images leave.
        let thresholds = (0..<model.exitCount - 1).map { exit in
            let scores = (0..<count).map { GateScore.entropy.value(of: full.row(exit: exit, image: $0)) }.sorted()
            return (scores[count / 3 - 1] + scores[count / 3]) / 2
        }
        let classifier = try EarlyExitClassifier(
            model: model, policy: ExitPolicy(thresholds: thresholds), engine: engine,
            options: CompilationOptions(threads: 1), batchSize: 8)
        let answers = try classifier.classify(images, count: count)
        #expect(answers.count == count)
        if model.exitCount > 1 { #expect(Set(answers.map(\.exit)).count > 1, "\(answers.map(\.exit))") }
        for (image, answer) in answers.enumerated() {
            let expected = full.row(exit: answer.exit, image: image).map(Double.init)
            expectClose(answer.logits.map(Double.init), expected, Self.forward, "image \(image) at exit \(answer.exit)")
            #expect(answer.macs == model.metadata.cumulativeMACs[answer.exit])
        }
    }
}
