import Tensors

/// The mask of `Op.randomDropout`: a function of seed, salt and element index, so that forward pass, gradient and every
/// engine draw the same one without storing it.
package struct DropoutMask: Sendable {
    /// Element `i` draws the upper word of `splitMix64(key + i · step)`.
    package let key: UInt64
    package static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// What is drawn below it is dropped.
    package let threshold: UInt64
    /// What a kept element is multiplied by: `1 / (1 − rate)`.
    package let scale: Float

    /// - Parameters:
    ///   - seed: the two words of the step's seed tensor.
    ///   - salt: tells the dropouts of one graph apart.
    package init(rate: Double, salt: UInt32, seed: (Int32, Int32)) {
        let word = UInt64(UInt32(bitPattern: seed.0)) << 32 | UInt64(UInt32(bitPattern: seed.1))
        key = splitMix64(word ^ splitMix64(UInt64(salt) &+ Self.step))
        threshold = UInt64(rate * 0x1p32)
        scale = Float(1 / (1 - rate))
    }

    /// Whether the element at this row-major position is kept.
    @inline(__always)
    package func keeps(_ index: Int) -> Bool {
        splitMix64(key &+ UInt64(truncatingIfNeeded: index) &* Self.step) >> 32 >= threshold
    }
}
