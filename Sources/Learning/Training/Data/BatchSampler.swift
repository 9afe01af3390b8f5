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
        generator.shuffle(&order)
        return order
    }

    /// Writes one batch.
    ///
    /// With mixup each image is blended with another one of the training split, varied on its own; the other has the smaller
    /// share, so that an image's own label stays that of what it shows most.
    ///
    /// - Parameters:
    ///   - order: of this epoch.
    ///   - buffer: of this batch size.
    package func fill(epoch: Int, step: Int, order: [Int32], _ buffer: BatchBuffer) {
        let size = samples.image.byteCount
        var other = [Float](repeating: 0, count: augmentation.mixup > 0 ? size : 0)
        for place in 0..<batchSize {
            let position = step * batchSize + place
            let index = Int(order[position])
            let result = UnsafeMutableBufferPointer(rebasing: buffer.images[place * size..<(place + 1) * size])
            var generator = RandomGenerator(seed: seed, stream: RandomStream.augmentation.number(epoch, position))
            write(index, varied: &generator, into: result)
            buffer.indices[place] = Int32(index)
            buffer.labels[place] = samples.labels[index]
            buffer.blendLabels[place] = samples.labels[index]
            buffer.blendShares[place] = 0
            guard augmentation.mixup > 0 else { continue }
            generator = RandomGenerator(seed: seed, stream: RandomStream.mixup.number(epoch, position))
            let partner = generator.below(samples.count)
            let share = Float(augmentation.drawBlendShare(using: &generator))
            other.withUnsafeMutableBufferPointer { other in
                write(partner, varied: &generator, into: other)
                for element in result.indices { result[element] += share * (other[element] - result[element]) }
            }
            buffer.blendLabels[place] = samples.labels[partner]
            buffer.blendShares[place] = share
        }
    }

    /// Writes one image in a variation drawn for it.
    private func write(
        _ index: Int, varied generator: inout RandomGenerator, into result: UnsafeMutableBufferPointer<Float>
    ) {
        let draw = augmentation.draw(height: samples.image.height, width: samples.image.width, using: &generator)
        samples.withPixels(at: index) { draw.apply(to: $0, of: samples.image, into: result) }
    }
}

/// What random numbers are drawn for; each purpose has streams of its own.
enum RandomStream: UInt64 {
    case order = 1
    case augmentation
    case dropout
    case mixup

    /// The stream of this purpose for an epoch or step, and a place in it.
    func number(_ first: Int, _ second: Int = 0) -> UInt64 {
        rawValue << 60 ^ UInt64(first) << 32 ^ UInt64(second)
    }
}
