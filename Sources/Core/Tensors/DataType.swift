/// The element type of a tensor in a graph.
package enum DataType: String, Hashable, Sendable, Codable, CaseIterable {
    case float32
    case int32
}
