/// What an early-exit model says of one image.
package struct Classification: Hashable, Sendable {
    /// Position in the model's class names.
    package let label: Int
    /// Softmax probability of that class at the exit taken, 0…1.
    package let probability: Double
    /// The exit taken, counted from 0.
    package let exit: Int
    /// MACs spent on this image.
    package let macs: Int
    /// Logits `[K]` of the exit taken.
    package let logits: [Float]
}
