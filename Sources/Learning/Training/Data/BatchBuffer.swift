import Dispatch

/// The memory of one batch, filled again and again.
///
/// Unchecked because the producer and the reader take turns: the reader waits for `ready`, and the producer is asked to
/// fill again only when the reader is done.
package final class BatchBuffer: @unchecked Sendable {
    /// `[N,C,H,W]`, pixels 0…1
    package let images: UnsafeMutableBufferPointer<Float>
    /// `[N]`
    package let labels: UnsafeMutableBufferPointer<Int32>
    let ready = DispatchSemaphore(value: 0)

    init(batchSize: Int, elementsPerImage: Int) {
        images = .allocate(capacity: batchSize * elementsPerImage)
        images.initialize(repeating: 0)
        labels = .allocate(capacity: batchSize)
        labels.initialize(repeating: 0)
    }

    deinit {
        images.deallocate()
        labels.deallocate()
    }
}
