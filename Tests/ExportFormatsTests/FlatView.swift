import Testing

/// A table or vector within a FlatBuffers message, read by the published layout: a table begins with the distance to its
/// index, whose entries say where fields are; strings, vectors and tables are referred to by distance.
struct FlatView {
    let bytes: [UInt8]
    let place: Int

    /// The root table.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        place = Int(FlatView(bytes, 0).integer(at: 0, as: UInt32.self))
    }

    private init(_ bytes: [UInt8], _ place: Int) {
        self.bytes = bytes
        self.place = place
    }

    private func integer<Integer: FixedWidthInteger>(at place: Int, as type: Integer.Type) -> Integer {
        precondition(place >= 0 && place + MemoryLayout<Integer>.size <= bytes.count, "place \(place) of \(bytes.count)")
        return bytes.withUnsafeBytes { Integer(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Integer.self)) }
    }

    /// Where a field is; nil when the table has it not.
    private func field(_ slot: Int) -> Int? {
        let index = place - Int(integer(at: place, as: Int32.self))
        let size = Int(integer(at: index, as: UInt16.self))
        guard 4 + 2 * slot + 2 <= size else { return nil }
        let offset = Int(integer(at: index + 4 + 2 * slot, as: UInt16.self))
        return offset == 0 ? nil : place + offset
    }

    func scalar<Integer: FixedWidthInteger>(_ slot: Int, as type: Integer.Type = Int32.self) -> Integer? {
        field(slot).map { integer(at: $0, as: type) }
    }

    /// What a field refers to.
    private func target(_ slot: Int) -> Int? {
        field(slot).map { $0 + Int(integer(at: $0, as: UInt32.self)) }
    }

    func table(_ slot: Int) -> FlatView? { target(slot).map { FlatView(bytes, $0) } }

    func tables(_ slot: Int) -> [FlatView] {
        guard let start = target(slot) else { return [] }
        return (0..<Int(integer(at: start, as: UInt32.self))).map { index in
            let place = start + 4 + 4 * index
            return FlatView(bytes, place + Int(integer(at: place, as: UInt32.self)))
        }
    }

    /// The elements of a vector of scalars.
    func scalars<Integer: FixedWidthInteger>(_ slot: Int, as type: Integer.Type = Int32.self) -> [Integer] {
        guard let start = target(slot) else { return [] }
        return (0..<Int(integer(at: start, as: UInt32.self))).map {
            integer(at: start + 4 + MemoryLayout<Integer>.size * $0, as: type)
        }
    }

    func floats(_ slot: Int) -> [Float] { scalars(slot, as: UInt32.self).map(Float.init(bitPattern:)) }

    func string(_ slot: Int) -> String? {
        target(slot) == nil ? nil : String(decoding: scalars(slot, as: UInt8.self), as: UTF8.self)
    }

    /// Where a vector's first element is in the message.
    func firstElement(_ slot: Int) -> Int? { target(slot).map { $0 + 4 } }
}
