/// What the graph of a file for other runtimes computes.
package enum ExportShape: Hashable, Sendable {
    /// All exits as outputs.
    case all
    /// One exit, counted from 0; nothing behind it, no head before it.
    case cut(exit: Int)
    /// Each image of a batch leaves on its own; thresholds as constants or as an input.
    case dynamic(takesThresholds: Bool)
    /// One file for each segment between exits, and a contract in JSON.
    case stages
}
