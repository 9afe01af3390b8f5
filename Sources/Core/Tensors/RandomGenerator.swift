/// A seeded pseudo-random generator whose whole state can be saved: xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64.
///
/// What a seed gives stays the same for ever. It is none of the standard library's generators, since that does not promise to
/// make the same integers and orders of the same words.
package struct RandomGenerator: Hashable, Sendable, Codable {
    /// The four state words; saving and restoring them continues the sequence exactly.
    package private(set) var state: [UInt64]

    package init(seed: UInt64) {
        var word = seed
        state = (0..<4).map { _ in
            word &+= 0x9E37_79B9_7F4A_7C15
            return splitMix64(word)
        }
    }

    /// An independent generator for a purpose of its own, so that drawing more in one place changes nothing in another.
    package init(seed: UInt64, stream: UInt64) {
        self.init(seed: splitMix64(seed ^ splitMix64(stream &+ 0x632B_E59B_D9B4_E019)))
    }

    package mutating func next() -> UInt64 {
        func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 { (word << count) | (word >> (64 - count)) }
        let result = rotated(state[1] &* 5, 7) &* 9
        let shifted = state[1] << 17
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = rotated(state[3], 45)
        return result
    }

    /// Uniform in [0, 1), 53 bits.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A uniform integer in `0..<bound`: the upper word of a random word times the bound, where lower words that would make
    /// some integers likelier are drawn again (Lemire, "Fast Random Integer Generation in an Interval", 2019).
    package mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "a random integer below \(bound)")
        let count = UInt64(bound)
        var product = next().multipliedFullWidth(by: count)
        if product.low < count {
            let first = (0 &- count) % count
            while product.low < first { product = next().multipliedFullWidth(by: count) }
        }
        return Int(product.high)
    }

    /// Puts elements into an order of which all are equally likely (Fisher and Yates).
    package mutating func shuffle<Element>(_ elements: inout [Element]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, below(last + 1)) }
    }
}

/// The SplitMix64 mixing function: a bijection of 64-bit words that behaves like a hash.
package func splitMix64(_ word: UInt64) -> UInt64 {
    var mixed = word
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
}
