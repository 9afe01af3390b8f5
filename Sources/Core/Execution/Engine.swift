package import Diagnostics
package import Graphs

/// Something that can run graphs.
package protocol Engine: Sendable {
    /// A short name for messages and reports.
    var name: String { get }

    /// The precision that compiling with these options gives here; never `auto`.
    func precision(for options: CompilationOptions) -> Precision

    /// How many threads an executable compiled with these options uses.
    func threads(for options: CompilationOptions) -> Int

    /// Prepares a graph for repeated runs.
    ///
    /// - Parameters:
    ///   - graph: what to run, for the batch size it was built with.
    ///   - parameters: the variables' first contents; every variable of the graph must be there with its shape.
    /// - Throws: `ErdeError` of kind `unavailable` when the machine or library cannot run the graph, `badData` when a
    ///   variable is missing or has another shape.
    func compile(
        _ graph: Graph, parameters: Parameters, options: CompilationOptions
    ) throws(ErdeError) -> any Executable
}
