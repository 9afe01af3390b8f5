package import Artifacts
package import Graphs
package import Losses

/// What training came to.
package struct TrainingResult: Sendable {
    /// Contents of the canonical graph's variables.
    package var parameters: Parameters
    package var epochs: [EpochSummary]
    /// Per exit, the share of augmented training images that the trained network gets wrong, 0…1.
    package var trainingErrorPerExit: [Double]
    /// With which weights the exits made up ensembles in the end; nil where that was not learned.
    package var ensembleWeights: EnsembleWeights?
    package var computation: TrainingComputation
    /// Hash of the teacher's weights; nil without a teacher.
    package var teacherWeightsHash: String?
    /// Hash of the out-of-fold predictions; nil where none were used.
    package var foldPredictionsHash: String?
}
