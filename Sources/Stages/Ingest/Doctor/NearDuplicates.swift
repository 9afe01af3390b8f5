import Artifacts

/// Finds images that look alike though their pixels differ: dHashes that differ in two bits at most, confirmed on the
/// cells that the hashes were taken from.
///
/// Of three parts of a hash one is equal when two bits differ at most, so only images with an equal part are compared.
/// Where very many share a part, each is compared with its neighbours in the order of hashes only.
struct NearDuplicates {
    private static let bitLimit = 2
    /// Parts of the hash: 22, 21 and 21 bits.
    private static let parts: [(shift: UInt64, mask: UInt64)] = [(0, 0x3F_FFFF), (22, 0x1F_FFFF), (43, 0x1F_FFFF)]
    private static let neighbourCount = 48

    private var hashes: [UInt64] = []
    private var thumbnails: [SIMD64<UInt8>] = []
    private var references: [ImageReference] = []

    mutating func add(_ print: ImagePrint, _ reference: ImageReference) {
        hashes.append(print.hash)
        thumbnails.append(print.thumbnail)
        references.append(reference)
    }

    /// Each image that looks like an earlier one, with the first such.
    func pairs() -> [(earlier: ImageReference, later: ImageReference)] {
        var first: [Int: Int] = [:]
        for part in NearDuplicates.parts {
            let order = hashes.indices.sorted { left, right in
                let (a, b) = (hashes[left] >> part.shift & part.mask, hashes[right] >> part.shift & part.mask)
                return (a, hashes[left], left) < (b, hashes[right], right)
            }
            for place in order.indices {
                let image = order[place]
                let key = hashes[image] >> part.shift & part.mask
                for other in order[(place + 1)...].prefix(NearDuplicates.neighbourCount) {
                    guard hashes[other] >> part.shift & part.mask == key else { break }
                    guard alike(image, other) else { continue }
                    let (earlier, later) = (min(image, other), max(image, other))
                    first[later] = min(first[later] ?? earlier, earlier)
                }
            }
        }
        return first.sorted { $0.key < $1.key }.map { (references[$0.value], references[$0.key]) }
    }

    private func alike(_ first: Int, _ second: Int) -> Bool {
        guard (hashes[first] ^ hashes[second]).nonzeroBitCount <= NearDuplicates.bitLimit else { return false }
        let (one, two) = (thumbnails[first], thumbnails[second])
        var sum = 0
        var (low, high) = (255, 0)
        for cell in 0..<64 {
            sum += abs(Int(one[cell]) - Int(two[cell]))
            low = min(low, Int(one[cell]))
            high = max(high, Int(one[cell]))
        }
        // On average one level, and one more for each hundred levels of contrast.
        return sum * 100 <= 64 * (100 + high - low)
    }
}
