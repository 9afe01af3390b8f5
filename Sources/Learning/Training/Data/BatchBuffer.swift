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
    /// Places of the images in the training split, `[N]`.
    package let indices: UnsafeMutableBufferPointer<Int32>
    /// Labels of the images that these are blended with, `[N]`; without mixup the images' own.
    package let blendLabels: UnsafeMutableBufferPointer<Int32>
    /// How much of each image is the other one, `[N]`, 0…½.
    package let blendShares: UnsafeMutableBufferPointer<Float>
    let ready = DispatchSemaphore(value: 0)

    package init(batchSize: Int, elementsPerImage: Int) {
        images = .allocate(capacity: batchSize * elementsPerImage)
        images.initialize(repeating: 0)
        labels = .allocate(capacity: batchSize)
        labels.initialize(repeating: 0)
        indices = .allocate(capacity: batchSize)
        indices.initialize(repeating: 0)
        blendLabels = .allocate(capacity: batchSize)
        blendLabels.initialize(repeating: 0)
        blendShares = .allocate(capacity: batchSize)
        blendShares.initialize(repeating: 0)
    }

    deinit {
        images.deallocate()
        labels.deallocate()
        indices.deallocate()
        blendLabels.deallocate()
        blendShares.deallocate()
    }
}
