import Artifacts
import Testing

@Suite struct SHA256Tests {
    /// From FIPS 180-4's examples and NIST's test vectors.
    @Test func publishedVectors() {
        let vectors = [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ]
        for (text, digest) in vectors { #expect(SHA256.digest(of: Array(text.utf8)).hexadecimal == digest) }
        let million = [UInt8](repeating: 0x61, count: 1_000_000)
        #expect(
            SHA256.digest(of: million).hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func piecesOfEverySizeGiveTheSameDigest() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = SHA256.digest(of: bytes)
        for size in [1, 3, 55, 56, 63, 64, 65, 127, 128, 299] {
            var hash = SHA256()
            for start in stride(from: 0, to: bytes.count, by: size) {
                hash.update(Array(bytes[start..<min(bytes.count, start + size)]))
            }
            #expect(hash.finalize() == whole, "pieces of \(size)")
        }
        #expect(whole.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == whole.hexadecimal)
    }
}
