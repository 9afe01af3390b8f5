import CNettle

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

    private var context = sha256_ctx()

    package init() { nettle_sha256_init(&context) }

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
        nettle_sha256_update(&context, bytes.count, bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
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
        var words = SIMD8<UInt32>()
        withUnsafeMutableBytes(of: &words) { bytes in
            erde_sha256_digest(&context, bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
        }
        for index in words.indices { words[index] = UInt32(bigEndian: words[index]) }
        return Digest(words: words)
    }
}
