import Artifacts
import Diagnostics

/// A digest of a model's weights among its metadata, so that a file that a disk or a copy damaged is not believed.
enum WeightsDigest {
    private static let key = "erde.weights"

    /// Puts the digest of the graph's weights behind the metadata.
    static func add(to model: inout ONNXModel) { model.metadata.append((key, value(of: model.graph))) }

    /// - Throws: `ErdeError` of kind `badData` when the weights are others than those that were written. A file that says nothing
    ///   of them is taken as it is.
    static func check(_ model: ONNXModel, subject: String) throws(ErdeError) {
        guard let written = model.metadata.first(where: { $0.key == key })?.value, written != value(of: model.graph) else {
            return
        }
        throw ErdeError(
            .badData, subject, "has other weights than were written into it: the file was damaged or changed",
            remedy: "take it from where it came, or train it again")
    }

    /// A text of JSON: the SHA-256 over names, extents and elements of all weights, in the order of their names.
    private static func value(of graph: ONNXGraph) -> String {
        var hash = SHA256()
        for tensor in graph.initializers.sorted(by: { $0.name < $1.name }) {
            hash.update(counted: tensor.name)
            for extent in tensor.dimensions { hash.update(UInt64(bitPattern: Int64(extent))) }
            switch tensor.elements {
            case .floats(let floats): floats.withUnsafeBytes { hash.update($0) }
            case .integers(let integers): integers.withUnsafeBytes { hash.update($0) }
            case .int8(let integers): integers.withUnsafeBytes { hash.update($0) }
            case .uint8(let integers): integers.withUnsafeBytes { hash.update($0) }
            case .int32(let integers): integers.withUnsafeBytes { hash.update($0) }
            case .other: break
            }
        }
        return "\"\(hash.finalize().hexadecimal)\""
    }
}
