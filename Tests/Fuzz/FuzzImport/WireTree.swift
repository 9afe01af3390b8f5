/// A protocol buffer message taken apart as far as ONNX's schema nests, so that changes go deep and lengths stay right.
struct WireTree {
    enum Content {
        case varint(UInt64)
        case fixed([UInt8])
        case bytes([UInt8])
        case message(WireTree)
    }

    struct Field {
        var number: Int
        var content: Content
    }

    /// The messages of ONNX's schema that hold others.
    enum Kind {
        case model, graph, node, attribute, tensor, valueInfo, type, tensorType, shape, entry

        /// What a field of this number is, when it is a message.
        func nested(_ number: Int) -> Kind? {
            switch (self, number) {
            case (.model, 7): .graph
            case (.model, 8), (.model, 14), (.tensor, 13), (.shape, 1): .entry
            case (.graph, 1): .node
            case (.graph, 5), (.attribute, 5): .tensor
            case (.graph, 11), (.graph, 12): .valueInfo
            case (.node, 5): .attribute
            case (.valueInfo, 2): .type
            case (.type, 1): .tensorType
            case (.tensorType, 2): .shape
            default: nil
            }
        }
    }

    var fields: [Field] = []

    init() {}

    /// nil for bytes that are no message.
    init?(_ bytes: ArraySlice<UInt8>, as kind: Kind) {
        var rest = bytes
        func varint() -> UInt64? {
            var (value, shift) = (UInt64(0), UInt64(0))
            while let byte = rest.popFirst() {
                value |= UInt64(byte & 127) << shift
                if byte < 128 { return value }
                shift += 7
                if shift > 63 { return nil }
            }
            return nil
        }
        while !rest.isEmpty {
            guard let key = varint() else { return nil }
            let number = Int(key >> 3)
            switch key & 7 {
            case 0:
                guard let value = varint() else { return nil }
                fields.append(Field(number: number, content: .varint(value)))
            case 1, 5:
                let size = key & 7 == 1 ? 8 : 4
                guard rest.count >= size else { return nil }
                fields.append(Field(number: number, content: .fixed(Array(rest.prefix(size)))))
                rest = rest.dropFirst(size)
            case 2:
                guard let length = varint(), length <= rest.count else { return nil }
                let payload = rest.prefix(Int(length))
                rest = rest.dropFirst(Int(length))
                if let inner = kind.nested(number), let message = WireTree(payload, as: inner) {
                    fields.append(Field(number: number, content: .message(message)))
                } else {
                    fields.append(Field(number: number, content: .bytes(Array(payload))))
                }
            default: return nil
            }
        }
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        func append(_ value: UInt64) {
            var rest = value
            while rest > 127 {
                bytes.append(UInt8(rest & 127) | 128)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        for field in fields {
            let key = UInt64(field.number) << 3
            switch field.content {
            case .varint(let value):
                append(key)
                append(value)
            case .fixed(let payload):
                append(key | (payload.count == 8 ? 1 : 5))
                bytes += payload
            case .bytes(let payload):
                append(key | 2)
                append(UInt64(payload.count))
                bytes += payload
            case .message(let message):
                let payload = message.encoded
                append(key | 2)
                append(UInt64(payload.count))
                bytes += payload
            }
        }
        return bytes
    }
}
