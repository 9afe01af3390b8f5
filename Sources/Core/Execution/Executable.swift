package import Diagnostics
package import Graphs
package import Tensors

/// A graph made ready to run, with its variables. Not to be used from two threads at once.
///
/// All methods throw `ErdeError` of kind `unavailable` when a library or a device refuses.
package protocol Executable: AnyObject {
    /// What is run.
    var graph: Graph { get }

    /// Copies an input's elements, row-major, into place for the next run. The byte count must be the input's exactly.
    func write(input: Graph.Input, from bytes: UnsafeRawBufferPointer) throws(ErdeError)

    /// Runs once: computes all outputs and applies all updates.
    func run() throws(ErdeError)

    /// Copies an output of the last run, row-major.
    func read(output: Graph.Output, into bytes: UnsafeMutableRawBufferPointer) throws(ErdeError)

    /// Time spent in runs so far by kind of work, when it was compiled to be profiled; empty otherwise. Work side by side
    /// counts its mean, so that all together take no longer than the clock says.
    var profile: [String: Duration] { get }

    /// A variable's present content.
    func read(variable: Variable) throws(ErdeError) -> Tensor

    /// Replaces a variable's content.
    ///
    /// - Throws: `ErdeError` of kind `badData`, which names the variable, for a tensor of another type.
    func write(variable: Variable, _ tensor: Tensor) throws(ErdeError)
}

extension Executable {
    /// Checks what is to be written into a variable.
    ///
    /// - Throws: as `write(variable:_:)`.
    package func requireType(of tensor: Tensor, for variable: Variable) throws(ErdeError) {
        let type = graph.type(of: variable.value)
        guard tensor.type == type else {
            throw ErdeError(.badData, graph.name(of: variable.value), "expected \(type), found \(tensor.type)")
        }
    }
}

extension Executable {
    package var profile: [String: Duration] { [:] }
}
