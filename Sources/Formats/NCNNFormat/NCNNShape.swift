import Tensors

/// The extents of a blob: those of one image, outermost first. ncnn knows no batch.
struct NCNNShape: Hashable {
    /// One to four extents: `[w]`, `[h, w]`, `[c, h, w]` or `[c, d, h, w]`.
    let extents: [Int]

    /// The blob of a value `[1, …]`; nil where that has more axes than a blob.
    init?(image shape: Shape) {
        let extents = Array(shape.dimensions.dropFirst())
        guard extents.count <= 4 else { return nil }
        self.extents = extents.isEmpty ? [1] : extents
    }

    /// The keys 0, 1, 11 and 2 of width, height, depth and channels, as `Input`, `MemoryData` and `Reshape` have them.
    var parameters: [NCNNParameter] {
        let keys = [[0], [1, 0], [2, 1, 0], [2, 11, 1, 0]][extents.count - 1]
        return zip(keys, extents).map { .integer($0, $1) }.reversed()
    }

    /// Names of the axes, outermost first.
    private var letters: [Character] { Array(["w", "hw", "chw", "cdhw"][extents.count - 1]) }

    /// The number that `Permute` has for an order of the axes: axis `i` of the result is axis `permutation[i]`.
    func order(_ permutation: [Int]) -> Int? {
        let wanted = String(permutation.reversed().map { letters[$0] })
        return NCNNShape.orders(letters.reversed()).firstIndex(of: wanted)
    }

    /// All orders of axes, innermost first, in the order in which ncnn numbers them.
    private static func orders(_ letters: [Character]) -> [String] {
        guard letters.count > 1 else { return [String(letters)] }
        return letters.indices.reversed().flatMap { last in
            var others = letters
            let letter = others.remove(at: last)
            return orders(others).map { $0 + String(letter) }
        }
    }
}
