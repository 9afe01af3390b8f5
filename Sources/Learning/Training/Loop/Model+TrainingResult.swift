package import Artifacts
import Losses

extension Model {
    /// Takes over what a training made of the network, with all that a file says of how.
    ///
    /// - Parameter datasetPath: absolute.
    package mutating func take(_ result: TrainingResult, of task: TrainingTask, datasetPath: String?) {
        parameters = result.parameters
        metadata.provenance.datasetPath = datasetPath
        metadata.provenance.datasetFingerprint = task.dataset.fingerprint
        metadata.provenance.training = task.recipe
        metadata.provenance.distillation = task.distillation
        metadata.provenance.computation = result.computation
        metadata.provenance.teacherWeightsHash = result.teacherWeightsHash
        metadata.provenance.foldPredictionsHash = result.foldPredictionsHash
        metadata.provenance.trainingErrorPerExit = result.trainingErrorPerExit
        metadata.provenance.ensembleWeights = result.ensembleWeights?.rows
    }
}
