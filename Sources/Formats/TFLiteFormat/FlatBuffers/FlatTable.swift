/// A table of a FlatBuffers message: values by the number that the schema gives a field.
struct FlatTable: Hashable, Sendable {
    /// What a field holds.
    indirect enum Field: Hashable, Sendable {
        /// A byte, a boolean, or a constant of an enumeration of bytes.
        case int8(Int8)
        case int32(Int32)
        case float(Float)
        case string(String)
        /// Bytes, the first at a multiple of `alignment` in the message.
        case bytes([UInt8], alignment: Int)
        case int32s([Int32])
        case int64s([Int64])
        case floats([Float])
        case table(FlatTable)
        case tables([FlatTable])
    }

    private(set) var fields: [(slot: UInt16, field: Field)] = []

    init() {}

    /// Sets a field of a table whose fields are numbered by an enumeration; without a value it stays away.
    mutating func set(_ slot: some RawRepresentable<UInt16>, _ field: Field?) {
        if let field { fields.append((slot.rawValue, field)) }
    }

    static func == (left: FlatTable, right: FlatTable) -> Bool {
        left.fields.elementsEqual(right.fields) { $0.slot == $1.slot && $0.field == $1.field }
    }

    func hash(into hasher: inout Hasher) {
        for (slot, field) in fields {
            hasher.combine(slot)
            hasher.combine(field)
        }
    }
}
