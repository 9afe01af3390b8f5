import Artifacts
package import Diagnostics
import Graphs
import Tensors

/// An ONNX file of anyone's: decoded, with its weights, and not yet understood.
package struct ForeignModel: Sendable {
    /// The oldest operator set whose operators still mean the same, and the newest that has been read.
    static let operatorSets: ClosedRange<Int64> = 7...28

    /// ONNX operators that are taken over, beside those that are only ever computed beforehand.
    package static var knownOperators: [String] { LoweringTable.rules.keys.sorted() }

    package let path: String
    let message: ONNXModel

    /// Reads a file, and what lies beside it for it.
    ///
    /// - Throws: `ErdeError` of kind `notFound` when it cannot be opened, `badData` when it is no ONNX file or a broken one.
    package static func read(path: String) throws(ErdeError) -> ForeignModel {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let bytes = try ModelFile.bytes(of: path)
        return try ForeignModel(bytes: bytes, path: path, folder: folder)
    }

    /// - Parameter folder: where data files that the model names may lie.
    package init(bytes: [UInt8], path: String, folder: String) throws(ErdeError) {
        self.path = path
        message = try ONNXDecoder.model(from: bytes, subject: path, source: .anyone(folder: folder))
    }

    /// The version of ONNX's own operators.
    ///
    /// - Throws: `ErdeError` of kind `badData` when there is none, or one that erde does not read.
    func operatorSet() throws(ErdeError) -> Int64 {
        guard let version = message.operatorSets[""] ?? message.operatorSets["ai.onnx"] else {
            throw ErdeError(.badData, path, "names no operator set", remedy: "give a complete ONNX file")
        }
        guard Self.operatorSets ~= version else {
            throw ErdeError(
                .badData, path,
                "uses ONNX operator set \(version), expected \(Self.operatorSets.lowerBound) to \(Self.operatorSets.upperBound)",
                remedy: "export the model again for operator set 17")
        }
        return version
    }

    /// Inputs that are not stored tensors.
    var freeInputs: [ONNXValueInfo] {
        let stored = Set(message.graph.initializers.map(\.name))
        return message.graph.inputs.filter { !stored.contains($0.name) }
    }

    // MARK: What the file says of itself

    package var irVersion: Int64 { message.irVersion }
    /// 0 when the file names none.
    package var operatorSetVersion: Int64 { message.operatorSets[""] ?? message.operatorSets["ai.onnx"] ?? 0 }
    package var producer: String { printable("\(message.producerName) \(message.producerVersion)") }
    /// Names and shapes: `input [N, 3, 224, 224]`.
    package var inputs: [String] { freeInputs.map(\.text) }
    package var outputs: [String] { message.graph.outputs.map(\.text) }
    /// Scalars in all stored tensors.
    package var scalarCount: Int {
        message.graph.initializers.reduce(0) { $0 + $1.dimensions.reduce(1, *) }
    }

    /// How often each operator is used, by name, and whether erde knows it.
    package var operators: [(name: String, count: Int, isKnown: Bool)] {
        var counts: [String: Int] = [:]
        for node in message.graph.nodes { counts[node.operatorName, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { name, count in
            (printable(name), count, LoweringTable.knows(name))
        }
    }

    /// Whether erde wrote it.
    package var isErdes: Bool { message.metadata.contains { $0.key.hasPrefix("erde.") } }

    /// What an erde that wrote it says of it: classes and image size stand in it.
    var metadata: ModelMetadata? {
        get throws(ErdeError) {
            guard isErdes else { return nil }
            return try MetadataProperties.decode(message.metadata, subject: path)
        }
    }
}
