import Artifacts
import Dispatch

/// Prepares batches on a thread of its own, two ahead of the one in use. What comes out depends on the sampler alone.
package final class BatchLoader {
    private let queue = DispatchQueue(label: "erde.batches", qos: .userInitiated)
    private let producer: BatchProducer
    private let buffers: [BatchBuffer]
    private let end: Int
    private var nextStep: Int
    /// Time that `next()` spent waiting for data so far.
    package private(set) var waiting = Duration.zero

    /// - Parameters:
    ///   - firstStep: the first step to deliver, counted over all epochs.
    ///   - steps: the number of steps of all epochs.
    package init(sampler: BatchSampler, firstStep: Int = 0, steps: Int) {
        producer = BatchProducer(sampler: sampler)
        buffers = (0..<3).map { _ in
            BatchBuffer(batchSize: sampler.batchSize, elementsPerImage: sampler.samples.image.byteCount)
        }
        nextStep = firstStep
        end = steps
        for step in firstStep..<firstStep + buffers.count - 1 { prepare(step) }
    }

    /// The next batch, valid until `next()` is called again.
    package func next() -> BatchBuffer {
        precondition(nextStep < end, "batch \(nextStep) of \(end)")
        let buffer = buffers[nextStep % buffers.count]
        let start = ContinuousClock.now
        buffer.ready.wait()
        waiting += ContinuousClock.now - start
        // The buffer of the step before is free now.
        prepare(nextStep + buffers.count - 1)
        nextStep += 1
        return buffer
    }

    private func prepare(_ step: Int) {
        guard step < end else { return }
        let buffer = buffers[step % buffers.count]
        queue.async { [producer] in
            producer.fill(step: step, buffer)
            buffer.ready.signal()
        }
    }
}

/// Fills buffers; keeps the order of the present epoch. Unchecked because only the loader's serial queue uses it.
private final class BatchProducer: @unchecked Sendable {
    private let sampler: BatchSampler
    private var epoch = -1
    private var order: [Int32] = []

    init(sampler: BatchSampler) { self.sampler = sampler }

    func fill(step: Int, _ buffer: BatchBuffer) {
        let (wanted, stepInEpoch) = step.quotientAndRemainder(dividingBy: sampler.stepsPerEpoch)
        if wanted != epoch {
            epoch = wanted
            order = sampler.order(ofEpoch: wanted)
        }
        sampler.fill(epoch: wanted, step: stepInEpoch, order: order, buffer)
    }
}
