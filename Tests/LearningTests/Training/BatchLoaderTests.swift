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
        let buffer = filled(sampler, epoch: epoch, step: step)
        return (Array(buffer.images), Array(buffer.labels))
    }

    static func filled(_ sampler: BatchSampler, epoch: Int, step: Int) -> BatchBuffer {
        let buffer = BatchBuffer(batchSize: sampler.batchSize, elementsPerImage: 20)
        buffer.images.update(repeating: -1)
        buffer.labels.update(repeating: -1)
        buffer.blendShares.update(repeating: -1)
        sampler.fill(epoch: epoch, step: step, order: sampler.order(ofEpoch: epoch), buffer)
        return buffer
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

    @Test func blendsAreOfTwoImagesAndTheirLabels() {
        let dataset = Fixtures.dataset(images: 30)
        var augmentation = AugmentationRecipe()
        (augmentation.cropPadding, augmentation.horizontalFlip) = (0, false)
        let plain = BatchSampler(samples: dataset.train, augmentation: augmentation, batchSize: 5, seed: 3)
        augmentation.mixup = 0.8
        let mixing = BatchSampler(samples: dataset.train, augmentation: augmentation, batchSize: 5, seed: 3)
        let images = (0..<30).map { index in
            dataset.train.withPixels(at: index) { $0.map { Float($0) / 255 } }
        }
        var others = 0
        for step in 0..<6 {
            let (own, blend) = (Self.filled(plain, epoch: 1, step: step), Self.filled(mixing, epoch: 1, step: step))
            #expect(Array(own.labels) == Array(blend.labels) && Array(own.blendLabels) == Array(own.labels))
            #expect(own.blendShares.allSatisfy { $0 == 0 })
            for place in 0..<5 {
                let share = blend.blendShares[place]
                let (mine, mixed) = (own.images[place * 20..<place * 20 + 20], blend.images[place * 20..<place * 20 + 20])
                let partners = images.indices.filter { index in
                    dataset.train.labels[index] == blend.blendLabels[place]
                        && zip(zip(mine, images[index]), mixed).allSatisfy {
                            abs((1 - share) * $0.0.0 + share * $0.0.1 - $0.1) < 1e-6
                        }
                }
                #expect(!partners.isEmpty, "step \(step) place \(place) share \(share)")
                if blend.blendLabels[place] != blend.labels[place] { others += 1 }
            }
            let again = Self.filled(mixing, epoch: 1, step: step)
            #expect(Array(again.images) == Array(blend.images) && Array(again.blendShares) == Array(blend.blendShares))
        }
        #expect(others > 5)
    }

    @Test func sameImageVariesFromEpochToEpoch() {
        let sampler = Self.sampler(images: 1, batch: 1)
        let seen = Set((0..<20).map { Self.batch(sampler, epoch: $0, step: 0).0 })
        #expect(seen.count > 10)
        #expect(seen.allSatisfy { $0.allSatisfy { 0...1 ~= $0 } })
    }
}
