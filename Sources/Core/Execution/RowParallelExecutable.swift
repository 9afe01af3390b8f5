package import Diagnostics
import Dispatch
package import Graphs
import Synchronization
package import Tensors

/// An inference graph whose batch is shared out: each thread takes the next rows and runs them from the first layer to the last on
/// its own.
///
/// Threads then wait for each other once a run instead of once a layer. There are more parts than threads where the batch allows, so
/// that a thread that is slower than the others, because its processor is or because other work takes it away, has fewer to do.
package final class RowParallelExecutable: Executable {
    package let graph: Graph
    /// All of as many rows.
    private let parts: [any Executable]
    private let threads: Int

    /// Fewer rows than this are not worth a thread of their own.
    package static let smallestPart = 16
    /// More rows than this are no faster by the row.
    fileprivate static let largestPart = 32

    fileprivate init(graph: Graph, parts: [any Executable], threads: Int) {
        self.graph = graph
        self.parts = parts
        self.threads = threads
    }

    package var profile: [String: Duration] {
        let sums: [String: Duration] = parts.reduce(into: [:]) { $0.merge($1.profile, uniquingKeysWith: +) }
        return sums.mapValues { $0 / threads }
    }

    package func byteCount(of input: Graph.Input) -> Int { parts.count * parts[0].byteCount(of: input) }

    package func byteCount(of output: Graph.Output) -> Int { parts.count * parts[0].byteCount(of: output) }

    package func write(input: Graph.Input, from bytes: UnsafeRawBufferPointer) throws(ErdeError) {
        for (part, executable) in parts.enumerated() {
            try executable.write(input: input, from: UnsafeRawBufferPointer(rebasing: bytes[share(part, of: bytes.count)]))
        }
    }

    package func run() throws(ErdeError) {
        var failures = [ErdeError?](repeating: nil, count: parts.count)
        let taken = Atomic(0)
        failures.withUnsafeMutableBufferPointer { failures in
            // Each part, and the place for its failure, is taken by one thread alone.
            nonisolated(unsafe) let (parts, failures) = (parts, failures)
            DispatchQueue.concurrentPerform(iterations: threads) { _ in
                while true {
                    let part = taken.add(1, ordering: .relaxed).oldValue
                    guard part < parts.count else { break }
                    do throws(ErdeError) { try parts[part].run() } catch { failures[part] = error }
                }
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

    package func read(
        output: Graph.Output, image: Int, into bytes: UnsafeMutableRawBufferPointer
    ) throws(ErdeError) {
        let rows = graph.shape(of: output.value)[0] / parts.count
        try parts[image / rows].read(output: output, image: image % rows, into: bytes)
    }

    package func read(variable: Variable) throws(ErdeError) -> Tensor { try parts[0].read(variable: variable) }

    package func write(variable: Variable, _ tensor: Tensor) throws(ErdeError) {
        for part in parts { try part.write(variable: variable, tensor) }
    }

    /// Rows of a part, so that a batch makes as many for each thread; nil where they would be too few.
    fileprivate static func rows(ofBatch batch: Int, threads: Int) -> Int? {
        let most = batch / threads
        guard most >= smallestPart, most * threads == batch else { return nil }
        return (smallestPart...largestPart).last { $0 <= most && most.isMultiple(of: $0) } ?? most
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
        guard threads > 1, let rows = RowParallelExecutable.rows(ofBatch: batch, threads: threads) else {
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
        for _ in 0..<batch / rows { parts.append(try compile(part, parameters: parameters, options: single)) }
        return RowParallelExecutable(graph: whole, parts: parts, threads: threads)
    }
}
