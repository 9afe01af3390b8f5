package import Artifacts
package import Diagnostics
package import Execution
import Glibc
import Graphs
import Tensors

/// Classifies a stream of images with the exits really taken: after each exit the images that leave are removed, and those
/// that stay wait until they fill a batch, so that deep segments run at full width too.
///
/// Images are known by a position of the caller's choice; answers come when they are ready, in any order.
package final class EarlyExitClassifier {
    private let network: EarlyExitNetwork
    private let engine: any Engine
    private var options: CompilationOptions
    private let batchSize: Int
    /// The images that wait for each segment.
    private var queues: [WaitingImages]
    /// Executables by segment and batch size, compiled when needed.
    private var executables: [Key: any Executable] = [:]
    /// How often a batch size was wanted that is not compiled.
    private var misses: [Key: Int] = [:]
    /// Room for the logits of each exit, reused from run to run.
    private var logits: [[Float]]

    private struct Key: Hashable {
        let segment: Int
        let batch: Int
    }

    /// - Parameter batchSize: the most images that run at once.
    package init(
        network: EarlyExitNetwork, engine: any Engine, options: CompilationOptions, batchSize: Int = 128
    ) {
        queues = network.waiting.map { WaitingImages(parts: $0) }
        logits = [[Float]](repeating: [], count: network.segments.count)
        self.network = network
        self.engine = engine
        self.options = options
        self.options.carried = network.carried
        self.batchSize = batchSize
    }

    /// - Throws: as `EarlyExitNetwork`.
    package convenience init(
        model: Model, policy: ExitPolicy, engine: any Engine, options: CompilationOptions, batchSize: Int = 128
    ) throws(ErdeError) {
        self.init(
            network: try EarlyExitNetwork(model: model, policy: policy), engine: engine, options: options,
            batchSize: batchSize)
    }

    /// Images that wait for a batch to fill.
    package var waitingCount: Int { queues.reduce(0) { $0 + $1.count } }

    /// Adds images `[N, C, H, W]` of 8-bit pixels, and runs every batch that is full.
    ///
    /// - Parameters:
    ///   - positions: what the N images are called when they leave.
    ///   - leave: called for each image that is answered, of these or of earlier ones.
    package func add(
        _ pixels: UnsafeRawBufferPointer, positions: some Collection<Int>, leave: (Int, Classification) -> Void
    ) throws(ErdeError) {
        precondition(
            pixels.count == positions.count * network.metadata.image.byteCount,
            "\(pixels.count) bytes of \(positions.count) images")
        queues[0].append(positions, pixels: pixels)
        try runBatches(ofAtLeast: batchSize, leave)
    }

    /// Runs all that waits, in batches that need not be full.
    package func finish(leave: (Int, Classification) -> Void) throws(ErdeError) { try runBatches(ofAtLeast: 1, leave) }

    /// Classifies images `[N, C, H, W]`, pixels scaled to 0…1, given row-major. Results are in the images' order.
    ///
    /// The more images at once, the fuller the batches of the deep segments. Nothing may wait from earlier.
    package func classify(_ images: [Float], count: Int) throws(ErdeError) -> [Classification] {
        precondition(waitingCount == 0, "\(waitingCount) images wait from earlier")
        var answers = [Classification?](repeating: nil, count: count)
        let size = network.metadata.image.byteCount
        for start in stride(from: 0, to: count, by: batchSize) {
            let end = min(start + batchSize, count)
            queues[0].append(start..<end, floats: images[start * size..<end * size])
            try runBatches(ofAtLeast: end == count ? 1 : batchSize) { answers[$0] = $1 }
        }
        return answers.map { $0! }
    }

    // MARK: Running

    private func runBatches(ofAtLeast smallest: Int, _ leave: (Int, Classification) -> Void) throws(ErdeError) {
        for index in network.segments.indices {
            while queues[index].count >= smallest { try run(index, leave) }
        }
    }

    /// Runs one segment on the first images that wait for it: tells the answers of those that leave, and lets the others
    /// wait for the next segment.
    private func run(_ index: Int, _ leave: (Int, Classification) -> Void) throws(ErdeError) {
        var queue = WaitingImages()
        swap(&queue, &queues[index])
        defer { swap(&queue, &queues[index]) }
        let rows = min(batchSize, queue.count)
        let (executable, prepared) = try executable(segment: index, rows: rows)
        for input in executable.graph.inputs { try write(input, of: executable, from: queue, rows: rows, prepared: prepared) }
        try executable.run()
        try readLogits(of: executable, segment: index)
        let staying = decide(index, queue, rows: rows, width: logits[index].count / prepared, leave)
        if !staying.isEmpty { try pass(staying, from: index, executable, prepared: prepared, queue, rows: rows) }
        queue.removeFirst(rows)
    }

    /// Puts the images' rows of one input in place, with zeros for the places that are too many.
    private func write(
        _ input: Graph.Input, of executable: any Executable, from queue: WaitingImages, rows: Int, prepared: Int
    ) throws(ErdeError) {
        let name = executable.graph.name(of: input.value)
        guard let part = queue.parts.firstIndex(of: name) else {
            preconditionFailure("\(name) is not kept for this segment")
        }
        func write(_ bytes: UnsafeRawBufferPointer) -> ErdeError? {
            do throws(ErdeError) {
                try executable.write(input: input, from: bytes)
                return nil
            } catch {
                return error
            }
        }
        let failure = queue.withRows(rows, part: part) { bytes in
            if prepared == rows { return write(bytes) }
            let padding = [UInt8](repeating: 0, count: executable.byteCount(of: input) - bytes.count)
            return (bytes + padding).withUnsafeBytes(write)
        }
        if let failure { throw failure }
    }

    private func readLogits(of executable: any Executable, segment: Int) throws(ErdeError) {
        let output = executable.graph.outputs[0]
        let count = executable.graph.shape(of: output.value).count
        if logits[segment].count != count { logits[segment] = [Float](repeating: 0, count: count) }
        let failure = logits[segment].withUnsafeMutableBytes { bytes -> ErdeError? in
            do throws(ErdeError) {
                try executable.read(output: output, into: bytes)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// Tells the answers of the images that leave; gives the rows of those that stay.
    private func decide(
        _ index: Int, _ queue: WaitingImages, rows: Int, width: Int, _ leave: (Int, Classification) -> Void
    ) -> [Int] {
        var staying: [Int] = []
        logits[index].withUnsafeBufferPointer { logits in
            for row in 0..<rows {
                let values = UnsafeBufferPointer(rebasing: logits[row * width..<(row + 1) * width])
                if network.policy.leaves(at: index, score: network.policy.score.value(of: values)) {
                    leave(queue.position(row), answer(Array(values), exit: index))
                } else {
                    staying.append(row)
                }
            }
        }
        return staying
    }

    /// Lets images wait for the next segment, with what later segments read of this one's outputs or of earlier ones.
    private func pass(
        _ staying: [Int], from index: Int, _ executable: any Executable, prepared: Int, _ queue: WaitingImages, rows: Int
    ) throws(ErdeError) {
        queues[index + 1].append(staying.map(queue.position))
        for (part, name) in queues[index + 1].parts.enumerated() {
            if let output = executable.graph.output(named: name) {
                var failure: ErdeError?
                let byteCount = executable.byteCount(of: output) / prepared
                queues[index + 1].appendRows(staying.count, byteCount: byteCount, part: part) { row, bytes in
                    do throws(ErdeError) {
                        try executable.read(output: output, image: staying[row], into: bytes)
                    } catch {
                        failure = error
                    }
                }
                if let failure { throw failure }
            } else if let earlier = queue.parts.firstIndex(of: name) {
                queue.withRows(rows, part: earlier) { bytes in
                    let size = bytes.count / rows
                    for row in staying {
                        let place = row * size..<(row + 1) * size
                        queues[index + 1].appendRows(UnsafeRawBufferPointer(rebasing: bytes[place]), part: part)
                    }
                }
            } else {
                preconditionFailure("\(name) was dropped before segment \(index + 1)")
            }
        }
    }

    private func answer(_ logits: [Float], exit: Int) -> Classification {
        let best = argMax(logits)
        let total = logits.reduce(0.0) { $0 + exp(Double($1) - Double(logits[best])) }
        return Classification(
            label: best, probability: 1 / total, exit: exit, macs: network.metadata.cumulativeMACs[exit], logits: logits)
    }

    // MARK: Executables

    /// The smallest prepared batch size that holds `rows`: a power of two, or the full batch.
    private func bucket(for rows: Int) -> Int {
        var size = 1
        while size < rows { size *= 2 }
        return min(size, batchSize)
    }

    /// An executable for at least `rows` images, and for how many it is.
    ///
    /// A batch size that was never wanted before is not worth compiling while a larger one is there.
    private func executable(segment: Int, rows: Int) throws(ErdeError) -> (any Executable, prepared: Int) {
        let key = Key(segment: segment, batch: bucket(for: rows))
        if let ready = executables[key] { return (ready, key.batch) }
        misses[key, default: 0] += 1
        let larger = executables.keys.filter { $0.segment == segment && $0.batch > key.batch }.min { $0.batch < $1.batch }
        if misses[key] == 1, let larger, let ready = executables[larger] { return (ready, larger.batch) }
        let compiled = try engine.compileForInference(
            network.segments[segment].graph, batch: key.batch, parameters: network.parameters, options: options)
        executables[key] = compiled
        return (compiled, key.batch)
    }
}
