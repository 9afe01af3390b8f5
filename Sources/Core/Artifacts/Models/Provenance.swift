import Diagnostics

/// Where a model comes from.
package struct Provenance: Hashable, Sendable, Codable {
    /// Version of erde that wrote the model.
    package var version: String
    /// Path of the dataset file it was trained on, as given, made absolute.
    package var datasetPath: String?
    package var datasetFingerprint: String?
    /// SHA-256 of the parent model's file: a student's teacher.
    package var parentHash: String?
    /// The network as it was built; what `prunings` says came after.
    package var architecture: ArchitectureDescription?
    /// What was taken out of it since, in order; nil where nothing was.
    package var prunings: [PruningRecord]?
    package var training: TrainingRecipe?
    package var distillation: DistillationRecipe?
    package var computation: TrainingComputation?
    /// Hash of the weights of the teacher it learned from; nil where it had none.
    package var teacherWeightsHash: String?
    /// Hash of the out-of-fold predictions it learned from; nil where it had none.
    package var foldPredictionsHash: String?
    /// The mean MACs an image may cost that it was made for; nil where it was made for no budget.
    package var targetMACs: Double?
    /// Per exit, the share of augmented training images that the trained network gets wrong, 0…1.
    package var trainingErrorPerExit: [Double]?
    /// Per exit, the share of training images that teachers trained without them get wrong, 0…1; nil where that was not
    /// tried.
    package var outOfFoldErrorPerExit: [Double]?
    /// By ensemble, exit: with which weights the exits taught each other in the end; nil where that was not learned.
    package var ensembleWeights: [[Double]]?
    /// How it was quantized; nil for a model in float.
    package var quantization: QuantizationRecord?

    package init(version: String) { self.version = version }

    /// How it was trained, in a line: `erde, 25 epochs, batch 128, seed 1, bfloat16, 2 threads`; nil where it was not.
    package var trainingText: String? {
        guard let training else { return nil }
        var facts = [distillation?.method.rawValue].compactMap { $0 }
        facts.append("\(training.epochs) \(noun("epoch", for: training.epochs))")
        facts.append("batch \(training.batchSize), seed \(training.seed)")
        if let computation {
            facts.append(computation.precision)
            if let threads = computation.threads { facts.append("\(threads) \(noun("thread", for: threads))") }
        }
        return facts.joined(separator: ", ")
    }
}
