import Artifacts
import Diagnostics
import Execution
import Graphs
import Losses
import Tensors

/// A compiled training graph: feeds it a batch and reads what it tells.
final class StepRunner {
    let training: TrainingGraph
    let executable: any Executable
    private let batchSize: Int
    private let foldPredictions: FoldPredictions?

    /// - Parameter foldPredictions: of a training graph with inputs for them.
    init(
        _ training: TrainingGraph, parameters: Parameters, foldPredictions: FoldPredictions?, engine: any Engine,
        options: CompilationOptions
    ) throws(ErdeError) {
        self.training = training
        self.foldPredictions = foldPredictions
        batchSize = training.graph.batch
        executable = try engine.compile(training.graph, parameters: parameters, options: options)
    }

    /// Runs one step and updates the weights.
    func run(_ batch: BatchBuffer, _ settings: StepSettings) throws(ErdeError) -> StepMetrics {
        for input in training.graph.inputs {
            switch training.graph.name(of: input.value) {
            case TrainingGraph.labels: try executable.write(input: input, from: UnsafeRawBufferPointer(batch.labels))
            case TrainingGraph.blendLabels: try executable.write(input: input, from: UnsafeRawBufferPointer(batch.blendLabels))
            case TrainingGraph.blendShare: try executable.write(input: input, from: UnsafeRawBufferPointer(batch.blendShares))
            case TrainingGraph.dropoutSeed: try executable.write(input: input, Tensor([2], settings.dropoutSeed))
            case TrainingGraph.learningRate: try executable.write(input: input, Tensor(Float(settings.learningRate)))
            case TrainingGraph.ramp: try executable.write(input: input, Tensor(Float(settings.ramp)))
            case let name where name.hasPrefix(TrainingGraph.foldLogits):
                try executable.write(input: input, foldLogits(of: batch, name))
            default: try executable.write(input: input, from: UnsafeRawBufferPointer(batch.images))
            }
        }
        try executable.run()
        var metrics = StepMetrics(exits: training.exits, teacherExits: training.teacherExits)
        metrics.images = batchSize
        metrics.lossSum = try scalar(TrainingGraph.loss) * Double(batchSize)
        for exit in 0..<training.exits { metrics.correct[exit] = try scalar(TrainingGraph.correct(exit: exit)) }
        for exit in 0..<training.teacherExits {
            metrics.teacherWrong[exit] = try scalar(TrainingGraph.teacherWrong(exit: exit))
        }
        return metrics
    }

    /// The predictions for a batch's images that an input takes, by its name.
    private func foldLogits(of batch: BatchBuffer, _ name: String) throws(ErdeError) -> Tensor {
        guard let foldPredictions, let exit = Int(name.dropFirst(TrainingGraph.foldLogits.count)) else {
            preconditionFailure("no out-of-fold predictions for \(name)")
        }
        return Tensor([batchSize, foldPredictions.origin.classes], foldPredictions.logits(exit: exit - 1, of: batch.indices))
    }

    private func scalar(_ name: String) throws(ErdeError) -> Double {
        guard let output = training.graph.output(named: name) else { preconditionFailure("no output \(name)") }
        var element: Float = 0
        var failure: ErdeError?
        withUnsafeMutableBytes(of: &element) { bytes in
            do throws(ErdeError) { try executable.read(output: output, into: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        return Double(element)
    }

    /// With which weights the exits make up ensembles now; nil where that is not learned.
    func ensembleWeights() throws(ErdeError) -> EnsembleWeights? {
        guard let name = training.ensembleWeightLogits,
            let variable = training.graph.variables.first(where: { training.graph.name(of: $0.value) == name })
        else { return nil }
        return EnsembleWeights(logits: try executable.read(variable: variable))
    }

    /// Contents of all variables but the frozen teacher's, which a checkpoint need not repeat.
    var learnedVariables: [Variable] {
        training.graph.variables.filter { !training.teacherVariables.contains(training.graph.name(of: $0.value)) }
    }
}
