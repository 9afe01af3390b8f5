/// Everything that decides a training run beside data, network and loss.
package struct TrainingRecipe: Hashable, Sendable, Codable {
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
    /// Largest L2 norm of all gradients together; nil does not clip.
    package var gradientClip: Double?
    /// Share of the target spread over all classes in cross-entropy.
    package var labelSmoothing = 0.0
    package var augmentation = AugmentationRecipe()
    package var seed: UInt64 = 1

    package init() {}
}
