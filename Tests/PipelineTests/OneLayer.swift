/// A network of one fully connected layer, whose answer hangs on weights far smaller than its largest, and images on which it is
/// always right. In bytes these weights are 0, and it takes all images for one class.
enum OneLayer {
    /// An ONNX file, written field by field: from grey images `x` of 4x4 pixels to two logits.
    static var network: [UInt8] {
        var weights = [Float](repeating: 0, count: 2 * 16)
        (weights[0], weights[16]) = (-0.01, 0.01)
        (weights[5], weights[21]) = (10, 10)
        let isTransposed = Field.message(5, [.text(1, "transB"), .number(3, 1), .number(20, 2)])
        let graph: [Field] = [
            .message(1, [.text(1, "x"), .text(2, "rows"), .text(4, "Flatten")]),
            .message(
                1, [.text(1, "rows"), .text(1, "weight"), .text(1, "bias"), .text(2, "y"), .text(4, "Gemm"), isTransposed]),
            .text(2, "graph"), .message(5, tensor("weight", [2, 16], weights)),
            .message(5, tensor("bias", [2], [0.005, 0])), .message(11, value("x", [1, 1, 4, 4])),
            .message(12, value("y", [1, 2])),
        ]
        let file: [Field] = [.number(1, 8), .message(7, graph), .message(8, [.text(1, ""), .number(2, 17)])]
        return file.flatMap(\.encoded)
    }

    /// IDX files of images of two classes, which differ in the first pixel.
    static var images: [(name: String, bytes: [UInt8])] {
        var files: [(name: String, bytes: [UInt8])] = []
        for (split, count) in [("train", 200), ("t10k", 40)] {
            var (images, labels) = (header([count, 4, 4]), header([count]))
            for index in 0..<count {
                var pixels = [UInt8](repeating: 128, count: 16)
                pixels[0] = index % 2 == 0 ? 0 : 255
                pixels[15] = UInt8(index)
                images += pixels
                labels.append(UInt8(index % 2))
            }
            files.append((name: "\(split)-images-idx3-ubyte", bytes: images))
            files.append((name: "\(split)-labels-idx1-ubyte", bytes: labels))
        }
        return files
    }

    /// What an IDX file of bytes begins with.
    private static func header(_ extents: [Int]) -> [UInt8] {
        var bytes: [UInt8] = [0, 0, 8, UInt8(extents.count)]
        for extent in extents { bytes += [0, 0, UInt8(extent >> 8), UInt8(extent & 255)] }
        return bytes
    }

    private static func tensor(_ name: String, _ extents: [Int], _ numbers: [Float]) -> [Field] {
        let bytes: [UInt8] = numbers.flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
        }
        return extents.map { Field.number(1, $0) } + [.number(2, 1), .text(8, name), .bytes(9, bytes)]
    }

    private static func value(_ name: String, _ extents: [Int]) -> [Field] {
        let shape = extents.map { Field.message(1, [.number(1, $0)]) }
        return [.text(1, name), .message(2, [.message(1, [.number(1, 1), .message(2, shape)])])]
    }

    /// A field of a protocol buffer.
    private indirect enum Field {
        case number(Int, Int)
        case text(Int, String)
        case bytes(Int, [UInt8])
        case message(Int, [Field])

        var encoded: [UInt8] {
            switch self {
            case .number(let field, let value): Field.varint(field << 3) + Field.varint(value)
            case .text(let field, let text): Field.bytes(field, Array(text.utf8)).encoded
            case .bytes(let field, let bytes): Field.varint(field << 3 | 2) + Field.varint(bytes.count) + bytes
            case .message(let field, let fields): Field.bytes(field, fields.flatMap(\.encoded)).encoded
            }
        }

        private static func varint(_ value: Int) -> [UInt8] {
            value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
        }
    }
}
