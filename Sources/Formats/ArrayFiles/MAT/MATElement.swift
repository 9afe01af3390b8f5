import Diagnostics

/// One data element of a MAT file.
struct MATElement {
    /// The types that are read.
    enum ElementType: UInt64 {
        case int8 = 1
        case uint8 = 2
        case int16 = 3
        case uint16 = 4
        case int32 = 5
        case uint32 = 6
        case single = 7
        case double = 9
        case int64 = 12
        case uint64 = 13
        case matrix = 14
        case compressed = 15
        /// Text and whatever else there is.
        case other = 0

        /// What the numbers are, of types that are numbers.
        var number: NumericArray.Element? {
            switch self {
            case .int8: .signed(bytes: 1)
            case .uint8: .unsigned(bytes: 1)
            case .int16: .signed(bytes: 2)
            case .uint16: .unsigned(bytes: 2)
            case .int32: .signed(bytes: 4)
            case .uint32: .unsigned(bytes: 4)
            case .single: .float(bytes: 4)
            case .double: .float(bytes: 8)
            case .int64: .signed(bytes: 8)
            case .uint64: .unsigned(bytes: 8)
            case .matrix, .compressed, .other: nil
            }
        }
    }

    let type: ElementType
    let bytes: ArraySlice<UInt8>

    /// Reads an element and the padding behind it.
    init(from reader: inout ByteReader, isTopLevel: Bool) throws(ErdeError) {
        let word = try reader.number(4)
        if word >> 16 != 0 && !isTopLevel {
            // Up to four bytes lie within the tag itself.
            let content = try reader.take(4)
            guard word >> 16 <= 4 else { throw MATFile.damaged(reader.name, "a small element of \(word >> 16) bytes") }
            type = ElementType(rawValue: word & 0xFFFF) ?? .other
            bytes = content.prefix(Int(word >> 16))
            return
        }
        type = ElementType(rawValue: word) ?? .other
        let count = try reader.length(4)
        bytes = try reader.take(count)
        if type != .compressed {
            _ = try reader.take(min(reader.remaining, (8 - count % 8) % 8))
        }
    }
}
