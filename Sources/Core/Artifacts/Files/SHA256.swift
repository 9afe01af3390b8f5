/// The hash function SHA-256 (FIPS 180-4), fed piece by piece.
///
/// It names content (fingerprints, parents of models) and is no defence against anybody: nothing here is secret.
package struct SHA256: Sendable {
    /// A hash of 32 bytes.
    package struct Digest: Hashable, Sendable {
        package let words: SIMD8<UInt32>

        /// 64 hexadecimal digits, lower case.
        package var hexadecimal: String {
            words.indices.map { index in
                let digits = String(words[index], radix: 16)
                return String(repeating: "0", count: 8 - digits.count) + digits
            }.joined()
        }

        /// The 32 bytes.
        package var bytes: [UInt8] {
            words.indices.flatMap { index in
                stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: words[index] >> $0) }
            }
        }
    }

    private var state: SIMD8<UInt32> = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    /// Bytes that do not fill a block yet.
    private var pending: [UInt8] = []
    private var byteCount: UInt64 = 0

    package init() {}

    /// The digest of bytes in one piece.
    package static func digest(of bytes: UnsafeRawBufferPointer) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// The digest of bytes in one piece.
    package static func digest(of bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { digest(of: $0) } }

    /// Appends bytes to what is hashed.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        var rest = bytes
        if !pending.isEmpty {
            let taken = min(64 - pending.count, rest.count)
            pending.append(contentsOf: rest[..<taken])
            rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
            if pending.count == 64 {
                pending.withUnsafeBytes { SHA256.mix($0, blocks: 1, into: &state) }
                pending.removeAll(keepingCapacity: true)
            }
        }
        let blocks = rest.count / 64
        SHA256.mix(rest, blocks: blocks, into: &state)
        pending.append(contentsOf: rest[(blocks * 64)...])
    }

    /// Appends bytes to what is hashed.
    package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// Appends text as UTF-8, with its length before it, so that two lists of texts never run into each other.
    package mutating func update(counted text: String) {
        let bytes = Array(text.utf8)
        update(UInt64(bytes.count))
        update(bytes)
    }

    /// Appends a number as eight bytes, lowest first.
    package mutating func update(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { update($0) }
    }

    /// The digest of everything so far.
    package consuming func finalize() -> Digest {
        let bitCount = byteCount &* 8
        var tail = pending
        tail.append(0x80)
        while tail.count % 64 != 56 { tail.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            tail.append(UInt8(truncatingIfNeeded: bitCount >> UInt64(shift)))
        }
        tail.withUnsafeBytes { SHA256.mix($0, blocks: tail.count / 64, into: &state) }
        return Digest(words: state)
    }

    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]

    /// The compression function, FIPS 180-4 section 6.2.2, over whole blocks of 64 bytes.
    private static func mix(_ bytes: UnsafeRawBufferPointer, blocks: Int, into state: inout SIMD8<UInt32>) {
        if blocks == 0 { return }
        func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { (word &>> count) | (word &<< (32 &- count)) }
        constants.withUnsafeBufferPointer { constants in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                for block in 0..<blocks {
                    for index in 0..<16 {
                        let word = bytes.loadUnaligned(fromByteOffset: block &* 64 &+ index &* 4, as: UInt32.self)
                        schedule[index] = UInt32(bigEndian: word)
                    }
                    for index in 16..<64 {
                        let near = schedule[index &- 2]
                        let far = schedule[index &- 15]
                        let mixedNear = rotated(near, 17) ^ rotated(near, 19) ^ (near &>> 10)
                        let mixedFar = rotated(far, 7) ^ rotated(far, 18) ^ (far &>> 3)
                        schedule[index] = mixedNear &+ schedule[index &- 7] &+ mixedFar &+ schedule[index &- 16]
                    }
                    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
                    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
                    for index in 0..<64 {
                        let choice = (e & f) ^ (~e & g)
                        let sumE = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
                        let first = h &+ sumE &+ choice &+ constants[index] &+ schedule[index]
                        let majority = (a & b) ^ (a & c) ^ (b & c)
                        let sumA = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
                        (h, g, f, e) = (g, f, e, d &+ first)
                        (d, c, b, a) = (c, b, a, first &+ sumA &+ majority)
                    }
                    state &+= SIMD8(a, b, c, d, e, f, g, h)
                }
            }
        }
    }
}
