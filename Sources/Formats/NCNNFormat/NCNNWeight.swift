/// Numbers of one layer in an ncnn bin file (Tencent/ncnn, "param and model file structure"). Everything is little endian
/// and begins at a multiple of four bytes.
enum NCNNWeight: Hashable {
    /// Floats that a tag of 0 announces: what ncnn may store in other ways.
    case tagged([Float])
    /// Floats without a tag.
    case raw([Float])
    /// Signed bytes behind their tag, for layers that compute with bytes.
    case bytes([Int8])
    /// Floats that are small integers: a table of 256 floats, and a place in it for each.
    case table([Int8])

    private static let tagOfFloats: UInt32 = 0
    private static let tagOfBytes: UInt32 = 0x000D_4B38
    /// Any other word of which not all bytes are 0.
    private static let tagOfTable: UInt32 = 1

    func append(to file: inout [UInt8]) {
        switch self {
        case .tagged(let floats):
            append(NCNNWeight.tagOfFloats, to: &file)
            append(floats, to: &file)
        case .raw(let floats): append(floats, to: &file)
        case .bytes(let bytes):
            append(NCNNWeight.tagOfBytes, to: &file)
            appendAligned(bytes.map { UInt8(bitPattern: $0) }, to: &file)
        case .table(let bytes):
            append(NCNNWeight.tagOfTable, to: &file)
            append((-128...127).map { Float($0) }, to: &file)
            appendAligned(bytes.map { UInt8(Int($0) + 128) }, to: &file)
        }
    }

    private func appendAligned(_ bytes: [UInt8], to file: inout [UInt8]) {
        file += bytes
        file += [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }

    private func append(_ floats: [Float], to file: inout [UInt8]) {
        for float in floats { append(float.bitPattern, to: &file) }
    }

    private func append(_ word: UInt32, to file: inout [UInt8]) {
        withUnsafeBytes(of: word.littleEndian) { file += $0 }
    }
}
