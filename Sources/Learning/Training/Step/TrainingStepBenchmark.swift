import Artifacts
package import Diagnostics
package import Execution
package import Graphs
import Tensors

/// One training step, forward, backward and update, on random images: for measuring speed.
package final class TrainingStepBenchmark {
    private let executable: any Executable
    private let inputs: [(input: Graph.Input, tensor: Tensor)]

    /// - Parameters:
    ///   - student: a canonical graph.
    ///   - parameters: contents of its variables.
    package init(
        student: Graph, parameters: Parameters, batch: Int, engine: any Engine, options: CompilationOptions
    ) throws(ErdeError) {
        var recipe = TrainingRecipe()
        recipe.batchSize = batch
        var loss = DistillationRecipe()
        loss.method = .ce
        let training = try TrainingGraph(student: student, teacher: nil, recipe: recipe, distillation: loss)
        var parameters = parameters
        for variable in training.graph.variables where variable.role == .optimizer {
            parameters[training.graph.name(of: variable.value)] = Tensor(
                repeating: 0, training.graph.shape(of: variable.value))
        }
        var random = RandomGenerator(seed: 1)
        inputs = training.graph.inputs.map { input in
            let type = training.graph.type(of: input.value)
            let count = type.shape.count
            switch type.dataType {
            case .float32 where type.shape.rank == 0: return (input, Tensor(0.01))
            case .float32: return (input, Tensor(type.shape, (0..<count).map { _ in Float(random.uniform()) }))
            case .int32: return (input, Tensor(type.shape, (0..<count).map { _ in Int32(random.below(10)) }))
            }
        }
        executable = try engine.compile(training.graph, parameters: parameters, options: options)
    }

    /// Runs the step once.
    package func run() throws(ErdeError) {
        for (input, tensor) in inputs { try executable.write(input: input, tensor) }
        try executable.run()
    }
}
