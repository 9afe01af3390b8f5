/// A protocol buffer message as its numbered fields, read and written here independently of the code under test
/// (protobuf.dev, "Encoding").
struct WireMessage {
    enum Content: Equatable {
        case varint(UInt64)
        case fixed64([UInt8])
        case bytes([UInt8])
        case fixed32([UInt8])
    }

    var fields: [(number: Int, content: Content)] = []

    init() {}

    /// Reads well-formed bytes.
    init(_ bytes: [UInt8]) {
        var place = 0
        func varint() -> UInt64 {
            var (value, shift) = (UInt64(0), UInt64(0))
            while true {
                let byte = bytes[place]
                place += 1
                value |= UInt64(byte & 127) << shift
                if byte < 128 { return value }
                shift += 7
            }
        }
        func take(_ count: Int) -> [UInt8] {
            defer { place += count }
            return Array(bytes[place..<place + count])
        }
        while place < bytes.count {
            let key = varint()
            let content: Content =
                switch key & 7 {
                case 0: .varint(varint())
                case 1: .fixed64(take(8))
                case 2: .bytes(take(Int(varint())))
                case 5: .fixed32(take(4))
                default: preconditionFailure("wire type \(key & 7)")
                }
            fields.append((Int(key >> 3), content))
        }
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        func varint(_ value: UInt64) {
            var rest = value
            while rest > 127 {
                bytes.append(UInt8(rest & 127) | 128)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        for (number, content) in fields {
            switch content {
            case .varint(let value):
                varint(UInt64(number) << 3)
                varint(value)
            case .fixed64(let payload):
                varint(UInt64(number) << 3 | 1)
                bytes += payload
            case .bytes(let payload):
                varint(UInt64(number) << 3 | 2)
                varint(UInt64(payload.count))
                bytes += payload
            case .fixed32(let payload):
                varint(UInt64(number) << 3 | 5)
                bytes += payload
            }
        }
        return bytes
    }

    // MARK: Reading

    func messages(_ number: Int) -> [WireMessage] {
        fields.compactMap { field in
            guard field.number == number, case .bytes(let payload) = field.content else { return nil }
            return WireMessage(payload)
        }
    }

    func texts(_ number: Int) -> [String] {
        fields.compactMap { field in
            guard field.number == number, case .bytes(let payload) = field.content else { return nil }
            return String(decoding: payload, as: UTF8.self)
        }
    }

    func integers(_ number: Int) -> [Int64] {
        fields.compactMap { field in
            guard field.number == number, case .varint(let value) = field.content else { return nil }
            return Int64(bitPattern: value)
        }
    }

    // MARK: Changing

    /// Changes the submessages of a field for which `matches` holds.
    mutating func edit(
        _ number: Int, where matches: (WireMessage) -> Bool = { _ in true }, _ change: (inout WireMessage) -> Void
    ) {
        for index in fields.indices where fields[index].number == number {
            guard case .bytes(let payload) = fields[index].content else { continue }
            var message = WireMessage(payload)
            guard matches(message) else { continue }
            change(&message)
            fields[index].content = .bytes(message.encoded)
        }
    }

    mutating func remove(_ number: Int) { fields.removeAll { $0.number == number } }

    mutating func set(_ number: Int, _ text: String) {
        remove(number)
        add(number, text)
    }

    mutating func set(_ number: Int, _ integers: Int64...) {
        remove(number)
        for integer in integers { fields.append((number, .varint(UInt64(bitPattern: integer)))) }
    }

    mutating func add(_ number: Int, _ text: String) { fields.append((number, .bytes(Array(text.utf8)))) }

    mutating func add(_ number: Int, _ message: WireMessage) { fields.append((number, .bytes(message.encoded))) }

    /// Changes one of several texts of a field.
    mutating func replace(_ number: Int, at position: Int, with text: String) {
        let places = fields.indices.filter { fields[$0].number == number }
        fields[places[position]].content = .bytes(Array(text.utf8))
    }
}
