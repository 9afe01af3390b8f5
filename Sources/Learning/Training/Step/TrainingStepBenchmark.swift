package import Artifacts
package import Diagnostics
package import Execution
package import Graphs
import Tensors

/// Training steps as the trainer makes them, from augmentation to update, on random images: for measuring speed.
package final class TrainingStepBenchmark {
    private let runner: StepRunner
    private let loader: BatchLoader
    private var steps: Int32 = 0

    /// - Parameters:
    ///   - student: a canonical graph.
    ///   - parameters: contents of its variables.
    ///   - teacher: a canonical graph to distil from, with its variables; nil trains with cross-entropy alone.
    ///   - image: the size of the images of both.
    package init(
        student: Graph, parameters: Parameters, teacher: (graph: Graph, parameters: Parameters)? = nil, image: ImageFormat,
        batch: Int, engine: any Engine, options: CompilationOptions
    ) throws(ErdeError) {
        var recipe = TrainingRecipe()
        recipe.batchSize = batch
        var loss = DistillationRecipe()
        loss.method = teacher == nil ? .ce : .erde
        let frozen = try teacher.map { (teacher) throws(ErdeError) in
            try teacher.graph.optimizedForInference(teacher.parameters)
        }
        let training = try TrainingGraph(student: student, teacher: frozen?.graph, recipe: recipe, distillation: loss)
        var contents = parameters
        for (name, tensor) in frozen?.parameters.tensors ?? [:] {
            contents["\(TrainingGraph.teacherScope)_\(name)"] = tensor
        }
        for variable in training.graph.variables where variable.role == .optimizer {
            contents[training.graph.name(of: variable.value)] = Tensor(
                repeating: 0, training.graph.shape(of: variable.value))
        }
        runner = try StepRunner(
            training, parameters: contents, foldPredictions: nil, engine: engine, options: options)
        let samples = TrainingStepBenchmark.samples(4 * batch, of: image, classes: classes(of: student))
        let sampler = BatchSampler(samples: samples, augmentation: recipe.augmentation, batchSize: batch, seed: 1)
        loader = BatchLoader(sampler: sampler, steps: .max - 8)
    }

    /// Time that steps spent waiting for images so far.
    package var waiting: Duration { loader.waiting }

    /// Time spent so far by kind of work, when compiled to be profiled.
    package var profile: [String: Duration] { runner.executable.profile }

    /// Runs one step.
    package func run() throws(ErdeError) {
        steps += 1
        _ = try runner.run(
            loader.next(), StepSettings(learningRate: 0.01, dropoutSeed: [1, steps], ramp: 1))
    }

    private static func samples(_ count: Int, of image: ImageFormat, classes: Int) -> Samples {
        var random = RandomGenerator(seed: 1)
        let pixels = (0..<count * image.byteCount).map { _ in UInt8(random.below(256)) }
        let labels = (0..<count).map { _ in Int32(random.below(classes)) }
        return Samples(image: image, labels: labels, store: PixelStore(pixels))
    }
}

private func classes(of graph: Graph) -> Int { graph.outputs.first.map { graph.shape(of: $0.value)[1] } ?? 1 }
