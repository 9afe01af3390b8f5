package import Diagnostics

/// Everything that decides a training run beside data, network and loss.
package struct TrainingRecipe: Recipe {
    package enum Schedule: String, Hashable, Sendable, Codable, CaseIterable {
        /// Linear warm-up, then half a cosine down to zero.
        case cosine
        /// Up to the peak over `warmupShare` of the steps and down to near zero, both along cosines (Smith and Topin, 2018).
        case oneCycle
    }

    package var epochs = 10
    package var batchSize = 128
    package var peakLearningRate = 0.1
    package var schedule = Schedule.oneCycle
    /// Share of all steps spent warming up.
    package var warmupShare = 0.2
    package var momentum = 0.9
    package var nesterov = true
    package var weightDecay = 5e-4
    /// Largest L2 norm of all gradients together; 0 does not clip. The first steps at a high rate, with a loss for each exit, can
    /// throw an early exit off for good: docs/methods.md has what 3 was measured to be worth.
    package var gradientClip = 3.0
    /// Share of the target spread over all classes in cross-entropy.
    package var labelSmoothing = 0.0
    package var augmentation = AugmentationRecipe()
    package var seed: UInt64 = 1

    package init() {}

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case epochs
        case batchSize
        case peakLearningRate
        case schedule
        case warmupShare
        case momentum
        case nesterov
        case weightDecay
        case gradientClip
        case labelSmoothing
        case augmentation
        case seed
    }

    /// Reads what is there; missing keys keep their defaults, unknown ones are refused.
    package init(from decoder: any Decoder) throws {
        let container = try StrictContainer(decoder, keys: CodingKeys.self)
        try container.read(.epochs, into: &epochs)
        try container.read(.batchSize, into: &batchSize)
        try container.read(.peakLearningRate, into: &peakLearningRate)
        try container.read(.schedule, into: &schedule)
        try container.read(.warmupShare, into: &warmupShare)
        try container.read(.momentum, into: &momentum)
        try container.read(.nesterov, into: &nesterov)
        try container.read(.weightDecay, into: &weightDecay)
        try container.read(.gradientClip, into: &gradientClip)
        try container.read(.labelSmoothing, into: &labelSmoothing)
        try container.read(.augmentation, into: &augmentation)
        try container.read(.seed, into: &seed)
        try validate()
    }

    package func validate() throws(ErdeError) {
        try require(1...100_000 ~= epochs, "epochs", "expected 1 to 100000, found \(epochs)")
        try require(1...65_536 ~= batchSize, "batchSize", "expected 1 to 65536, found \(batchSize)")
        try require(
            peakLearningRate > 0 && peakLearningRate <= 1000, "peakLearningRate",
            "expected more than 0 and at most 1000, found \(peakLearningRate)")
        try require(0...1 ~= warmupShare, "warmupShare", "expected 0 to 1, found \(warmupShare)")
        try require(momentum >= 0 && momentum < 1, "momentum", "expected at least 0 and less than 1, found \(momentum)")
        try require(!nesterov || momentum > 0, "nesterov", "expected a momentum above 0, found \(momentum)")
        try require(0...1 ~= weightDecay, "weightDecay", "expected 0 to 1, found \(weightDecay)")
        try require(
            gradientClip >= 0 && gradientClip.isFinite, "gradientClip",
            "expected more than 0, or 0 for none, found \(gradientClip)")
        try require(
            labelSmoothing >= 0 && labelSmoothing < 1, "labelSmoothing",
            "expected at least 0 and less than 1, found \(labelSmoothing)")
        try augmentation.validate()
    }
}
