/// The bytes of all constants behind one another: what the `.bin` file holds.
struct IRWeights {
    /// Where constants begin, so that a mapped file can be read with wide loads.
    static let alignment = 64

    private(set) var bytes: [UInt8] = []
    private var offsets: [[UInt8]: Int] = [:]

    /// Adds a constant's bytes, unless the same are there already, and returns where they begin.
    mutating func add(_ content: [UInt8]) -> Int {
        if let offset = offsets[content] { return offset }
        let padding = (Self.alignment - bytes.count % Self.alignment) % Self.alignment
        bytes += [UInt8](repeating: 0, count: padding)
        let offset = bytes.count
        bytes += content
        offsets[content] = offset
        return offset
    }
}
