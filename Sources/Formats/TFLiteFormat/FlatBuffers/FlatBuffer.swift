import CFlatBuffers

/// Builds FlatBuffers messages with Google's library, children before the tables that refer to them.
struct FlatBuffer: ~Copyable {
    private let builder: OpaquePointer

    private init(expecting count: Int) { builder = erde_flat_create(count) }

    deinit { erde_flat_destroy(builder) }

    /// The message with `root` as its root table.
    ///
    /// - Parameters:
    ///   - identifier: four ASCII characters.
    ///   - count: about how many bytes it will have; no message has 2³¹ or more.
    static func bytes(of root: FlatTable, identifier: String, expecting count: Int) -> [UInt8] {
        precondition(identifier.utf8.count == 4, "the identifier \(identifier)")
        let buffer = FlatBuffer(expecting: count)
        erde_flat_finish(buffer.builder, buffer.add(root), identifier)
        var count = 0
        let bytes = erde_flat_bytes(buffer.builder, &count)
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    private borrowing func add(_ table: FlatTable) -> UInt32 {
        var fields: [erde_flat_field] = []
        for (slot, field) in table.fields { fields.append(stored(field, slot)) }
        return erde_flat_add_table(builder, fields, fields.count)
    }

    /// A field as the table has it; what it refers to is added.
    private borrowing func stored(_ field: FlatTable.Field, _ slot: UInt16) -> erde_flat_field {
        switch field {
        case .int8(let value): erde_flat_field(slot: slot, kind: ERDE_FLAT_INT8, integer: Int64(value), real: 0)
        case .int32(let value): erde_flat_field(slot: slot, kind: ERDE_FLAT_INT32, integer: Int64(value), real: 0)
        case .float(let value): erde_flat_field(slot: slot, kind: ERDE_FLAT_FLOAT, integer: 0, real: value)
        case .string, .bytes, .int32s, .int64s, .floats, .table, .tables:
            erde_flat_field(slot: slot, kind: ERDE_FLAT_PLACE, integer: Int64(add(child: field)), real: 0)
        }
    }

    /// Adds what a field refers to.
    private borrowing func add(child field: FlatTable.Field) -> UInt32 {
        switch field {
        case .string(var text): return text.withUTF8 { add(text: $0) }
        case .bytes(let bytes, let alignment): return bytes.withUnsafeBytes { add(scalars: $0, size: 1, alignment: alignment) }
        case .int32s(let values): return values.withUnsafeBytes { add(scalars: $0, size: 4, alignment: 4) }
        case .int64s(let values): return values.withUnsafeBytes { add(scalars: $0, size: 8, alignment: 8) }
        case .floats(let values): return values.withUnsafeBytes { add(scalars: $0, size: 4, alignment: 4) }
        case .table(let table): return add(table)
        case .tables(let tables):
            var places: [UInt32] = []
            for table in tables { places.append(add(table)) }
            return erde_flat_add_places(builder, places, places.count)
        case .int8, .int32, .float: preconditionFailure("a scalar is no child")
        }
    }

    private borrowing func add(text: UnsafeBufferPointer<UInt8>) -> UInt32 {
        text.withMemoryRebound(to: CChar.self) { erde_flat_add_string(builder, $0.baseAddress, $0.count) }
    }

    private borrowing func add(scalars: UnsafeRawBufferPointer, size: Int, alignment: Int) -> UInt32 {
        erde_flat_add_scalars(builder, scalars.baseAddress, scalars.count / size, size, alignment)
    }
}
