package import Artifacts
import Tensors

/// Which images make up a batch, and how each is varied: a function of seed, epoch and place alone, so that any batch of
/// any epoch can be made again at any time.
package struct BatchSampler: Sendable {
    package let samples: Samples
    package let augmentation: AugmentationRecipe
    package let batchSize: Int
    package let seed: UInt64

    package init(samples: Samples, augmentation: AugmentationRecipe, batchSize: Int, seed: UInt64) {
        self.samples = samples
        self.augmentation = augmentation
        self.batchSize = batchSize
        self.seed = seed
    }

    /// Full batches in an epoch; images that fill none are left out, others each time.
    package var stepsPerEpoch: Int { samples.count / batchSize }

    /// The images of an epoch, counted from 0, in random order.
    package func order(ofEpoch epoch: Int) -> [Int32] {
        var generator = RandomGenerator(seed: seed, stream: RandomStream.order.number(epoch))
        var order = (0..<Int32(samples.count)).map { $0 }
        // Fisher and Yates, written out because the standard library does not promise to keep its own.
        for last in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(last, generator.below(last + 1)) }
        return order
    }

    /// Writes one batch.
    ///
    /// - Parameters:
    ///   - order: of this epoch.
    ///   - images: `[N,C,H,W]`, pixels 0…1
    ///   - labels: `[N]`
    package func fill(
        epoch: Int, step: Int, order: [Int32], images: UnsafeMutableBufferPointer<Float>,
        labels: UnsafeMutableBufferPointer<Int32>
    ) {
        let image = samples.image
        for place in 0..<batchSize {
            let position = step * batchSize + place
            let index = Int(order[position])
            labels[place] = samples.labels[index]
            var generator = RandomGenerator(seed: seed, stream: RandomStream.augmentation.number(epoch, position))
            let draw = augmentation.draw(height: image.height, width: image.width, using: &generator)
            let result = UnsafeMutableBufferPointer(
                rebasing: images[place * image.byteCount..<(place + 1) * image.byteCount])
            samples.withPixels(at: index) { draw.apply(to: $0, of: image, into: result) }
        }
    }
}

/// What random numbers are drawn for; each purpose has streams of its own.
enum RandomStream: UInt64 {
    case order = 1
    case augmentation
    case dropout

    /// The stream of this purpose for an epoch or step, and a place in it.
    func number(_ first: Int, _ second: Int = 0) -> UInt64 {
        rawValue << 60 ^ UInt64(first) << 32 ^ UInt64(second)
    }
}
