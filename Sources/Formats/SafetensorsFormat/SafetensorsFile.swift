package import Diagnostics
import FoundationEssentials
package import Tensors

/// Named tensors as a safetensors file (huggingface/safetensors, format of version 0.4): the length of a JSON header as
/// eight bytes, the header, then the tensors' bytes, all little endian.
package enum SafetensorsFile {
    /// A tensor in the file.
    package enum Content: Hashable, Sendable {
        case tensor(Tensor)
        /// A scalar of 64 bits.
        case integer(Int64)
    }

    private struct Entry: Encodable {
        let dtype: String
        let shape: [Int]
        let dataOffsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype
            case shape
            case dataOffsets = "data_offsets"
        }
    }

    /// - Parameters:
    ///   - tensors: by name; int32 tensors are allowed.
    ///   - metadata: text by key.
    /// - Throws: `ErdeError` of kind `badData` when the header cannot be written.
    package static func bytes(of tensors: [String: Content], metadata: [String: String]) throws(ErdeError) -> [UInt8] {
        var data: [UInt8] = []
        var entries: [String: Entry] = [:]
        // Wider elements first, so that each tensor is aligned; then by name.
        for (name, content) in tensors.sorted(by: { ($0.value.order, $0.key) < ($1.value.order, $1.key) }) {
            let start = data.count
            switch content {
            case .integer(let value): withUnsafeBytes(of: value.littleEndian) { data += $0 }
            case .tensor(let tensor): tensor.withUnsafeBytes { data += $0 }
            }
            entries[name] = Entry(dtype: content.type, shape: content.shape, dataOffsets: [start, data.count])
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            var header = Array(try encoder.encode(Header(metadata: metadata, entries: entries)))
            header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
            return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + data
        } catch {
            throw ErdeError(.badData, "safetensors header", "cannot be written as JSON: \(error)")
        }
    }

    private struct Header: Encodable {
        let metadata: [String: String]
        let entries: [String: Entry]

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(_ name: String) { stringValue = name }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(metadata, forKey: Key("__metadata__"))
            for (name, entry) in entries { try container.encode(entry, forKey: Key(name)) }
        }
    }
}

extension SafetensorsFile.Content {
    fileprivate var order: Int {
        if case .integer = self { 0 } else { 1 }
    }

    fileprivate var type: String {
        switch self {
        case .integer: "I64"
        case .tensor(let tensor): tensor.dataType == .float32 ? "F32" : "I32"
        }
    }

    fileprivate var shape: [Int] {
        switch self {
        case .integer: []
        case .tensor(let tensor): tensor.shape.dimensions
        }
    }
}
