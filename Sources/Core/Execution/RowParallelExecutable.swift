package import Diagnostics
import Dispatch
package import Graphs
package import Tensors

/// An inference graph whose batch is shared out: each thread runs its rows from the first layer to the last on its own.
///
/// Threads then wait for each other once a run instead of once a layer, which is worth most where other work, such as decoding
/// images, takes a processor away from one of them now and then.
package final class RowParallelExecutable: Executable {
    package let graph: Graph
    /// One for each thread, all of as many rows.
    private let parts: [any Executable]

    /// Fewer rows than this are not worth a thread of their own.
    package static let smallestPart = 16

    fileprivate init(graph: Graph, parts: [any Executable]) {
        self.graph = graph
        self.parts = parts
    }

    package var profile: [String: Duration] {
        let sums: [String: Duration] = parts.reduce(into: [:]) { $0.merge($1.profile, uniquingKeysWith: +) }
        return sums.mapValues { $0 / parts.count }
    }

    package func write(input: Graph.Input, from bytes: UnsafeRawBufferPointer) throws(ErdeError) {
        for (part, executable) in parts.enumerated() {
            try executable.write(input: input, from: UnsafeRawBufferPointer(rebasing: bytes[share(part, of: bytes.count)]))
        }
    }

    package func run() throws(ErdeError) {
        var failures = [ErdeError?](repeating: nil, count: parts.count)
        failures.withUnsafeMutableBufferPointer { failures in
            // Each iteration has an executable and a place for its failure to itself.
            nonisolated(unsafe) let (parts, failures) = (parts, failures)
            DispatchQueue.concurrentPerform(iterations: parts.count) { part in
                do throws(ErdeError) { try parts[part].run() } catch { failures[part] = error }
            }
        }
        for case let failure? in failures { throw failure }
    }

    package func read(output: Graph.Output, into bytes: UnsafeMutableRawBufferPointer) throws(ErdeError) {
        for (part, executable) in parts.enumerated() {
            try executable.read(
                output: output, into: UnsafeMutableRawBufferPointer(rebasing: bytes[share(part, of: bytes.count)]))
        }
    }

    package func read(variable: Variable) throws(ErdeError) -> Tensor { try parts[0].read(variable: variable) }

    package func write(variable: Variable, _ tensor: Tensor) throws(ErdeError) {
        for part in parts { try part.write(variable: variable, tensor) }
    }

    private func share(_ part: Int, of count: Int) -> Range<Int> {
        count / parts.count * part..<count / parts.count * (part + 1)
    }
}

extension Engine {
    /// Prepares an inference graph for batches of so many images, shared out among the threads where that leaves each enough.
    ///
    /// - Parameter graph: of any batch size; its inputs and outputs have the batch as their first dimension.
    /// - Throws: as `compile`.
    package func compileForInference(
        _ graph: Graph, batch: Int, parameters: Parameters, options: CompilationOptions
    ) throws(ErdeError) -> any Executable {
        let whole = try graph.rebatched(batch)
        let threads = threads(for: options)
        let rows = batch / threads
        guard threads > 1, rows >= RowParallelExecutable.smallestPart, rows * threads == batch else {
            return try compile(whole, parameters: parameters, options: options)
        }
        let part = try graph.rebatched(rows)
        let outputs = part.outputs.map { part.shape(of: $0.value).dimensions.first }
        guard part.inputs.allSatisfy(\.isBatched), outputs.allSatisfy({ $0 == rows }) else {
            return try compile(whole, parameters: parameters, options: options)
        }
        var single = options
        single.threads = 1
        var parts: [any Executable] = []
        for _ in 0..<threads { parts.append(try compile(part, parameters: parameters, options: single)) }
        return RowParallelExecutable(graph: whole, parts: parts)
    }
}
