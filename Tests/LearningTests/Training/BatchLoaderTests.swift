import Artifacts
import Testing
import Training

@Suite struct BatchLoaderTests {
    static func sampler(images: Int = 22, batch: Int = 4, seed: UInt64 = 3) -> BatchSampler {
        BatchSampler(
            samples: Fixtures.dataset(images: images).train, augmentation: Fixtures.recipe().augmentation, batchSize: batch,
            seed: seed)
    }

    static func batch(_ sampler: BatchSampler, epoch: Int, step: Int) -> ([Float], [Int32]) {
        var images = [Float](repeating: -1, count: sampler.batchSize * 20)
        var labels = [Int32](repeating: -1, count: sampler.batchSize)
        images.withUnsafeMutableBufferPointer { images in
            labels.withUnsafeMutableBufferPointer { labels in
                sampler.fill(
                    epoch: epoch, step: step, order: sampler.order(ofEpoch: epoch), images: images, labels: labels)
            }
        }
        return (images, labels)
    }

    @Test func everyEpochIsAnotherPermutation() {
        let sampler = Self.sampler(images: 97)
        let orders = (0..<5).map { sampler.order(ofEpoch: $0) }
        for order in orders { #expect(order.sorted() == Array(0..<97)) }
        #expect(Set(orders).count == 5)
        #expect(Self.sampler(images: 97).order(ofEpoch: 3) == orders[3])
        #expect(Self.sampler(images: 97, seed: 4).order(ofEpoch: 3) != orders[3])
    }

    @Test func lastPartialBatchIsLeftOut() {
        #expect(Self.sampler(images: 22, batch: 4).stepsPerEpoch == 5)
        #expect(Self.sampler(images: 3, batch: 4).stepsPerEpoch == 0)
    }

    @Test(arguments: [0, 1, 4, 5, 13]) func loaderGivesWhatTheSamplerMakes(_ first: Int) {
        let sampler = Self.sampler()
        let loader = BatchLoader(sampler: sampler, firstStep: first, steps: 15)
        for step in first..<15 {
            let buffer = loader.next()
            let (images, labels) = Self.batch(sampler, epoch: step / 5, step: step % 5)
            #expect(Array(buffer.images) == images && Array(buffer.labels) == labels, "step \(step)")
        }
        #expect(loader.waiting >= .zero)
    }

    @Test func sameImageVariesFromEpochToEpoch() {
        let sampler = Self.sampler(images: 1, batch: 1)
        let seen = Set((0..<20).map { Self.batch(sampler, epoch: $0, step: 0).0 })
        #expect(seen.count > 10)
        #expect(seen.allSatisfy { $0.allSatisfy { 0...1 ~= $0 } })
    }
}
