package import Diagnostics
package import Graphs
package import Tensors

/// A graph made ready to run, with its variables. Not to be used from two threads at once.
///
/// All methods throw `ErdeError` of kind `unavailable` when a library or a device refuses.
package protocol Executable: AnyObject {
    /// What is run.
    var graph: Graph { get }

    /// How many bytes `write` takes: those of the elements, unless the input is only carried (`CompilationOptions.carried`).
    func byteCount(of input: Graph.Input) -> Int

    /// How many bytes `read` gives: those of the elements, unless the output is only carried (`CompilationOptions.carried`).
    func byteCount(of output: Graph.Output) -> Int

    /// Copies an input's elements, row-major, into place for the next run. The byte count must be the input's exactly. One that is only
    /// carried is given as it was read.
    func write(input: Graph.Input, from bytes: UnsafeRawBufferPointer) throws(ErdeError)

    /// Runs once: computes all outputs and applies all updates.
    func run() throws(ErdeError)

    /// Copies an output of the last run, row-major; one that is only carried, image after image in the engine's form.
    func read(output: Graph.Output, into bytes: UnsafeMutableRawBufferPointer) throws(ErdeError)

    /// Copies one image of an output whose first dimension is the batch, as `read(output:into:)` does.
    func read(output: Graph.Output, image: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ErdeError)

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

    package func byteCount(of input: Graph.Input) -> Int { graph.type(of: input.value).byteCount }

    package func byteCount(of output: Graph.Output) -> Int { graph.type(of: output.value).byteCount }

    package func read(
        output: Graph.Output, image: Int, into bytes: UnsafeMutableRawBufferPointer
    ) throws(ErdeError) {
        let whole = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount(of: output), alignment: 64)
        defer { whole.deallocate() }
        try read(output: output, into: whole)
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: whole[image * bytes.count..<(image + 1) * bytes.count]))
    }
}
