/// What an epoch came to.
package struct EpochSummary: Hashable, Sendable, Codable {
    /// Counted from 1.
    package var epoch: Int
    package var epochs: Int
    /// Mean per image.
    package var loss: Double
    /// Per exit, of the network in training form on augmented images, 0…1.
    package var trainingAccuracyPerExit: [Double]
    /// Per exit, at full depth, 0…1; empty if the dataset has no calibration split.
    package var calibrationAccuracyPerExit: [Double]
    /// Per teacher exit, the share of the epoch's augmented images that it gets wrong, 0…1; empty without a teacher.
    package var teacherErrorPerExit: [Double]
    /// By ensemble, exit: the learned weights at the epoch's end; nil where none are learned.
    package var ensembleWeights: [[Double]]?
    /// Entropy of each ensemble's weights in nats, 0 … ln n.
    package var ensembleEntropies: [Double]?
    /// Of the epoch's last step.
    package var learningRate: Double
    /// Training and evaluation, of the run that finished the epoch.
    package var seconds: Double
    /// Of training alone.
    package var imagesPerSecond: Double
    /// Share of the training time spent waiting for data, 0…1.
    package var waitingShare: Double
}
