package import Artifacts
package import Graphs

/// What a training is fitted to where nobody asks for something else: the images there are, and the network.
extension TrainingRecipe {
    /// Steps that an epoch should have: with fewer, the learning rate would move in leaps.
    private static let stepsPerEpoch = 8
    /// Images that a batch should have, where there are so many.
    private static let fewestImages = 8
    /// Of the shorter side of an image, the part by which a crop may move it at most: of one that moves further, little is left.
    private static let cropPart = 4
    /// The largest L2 norm of all gradients together in networks without batch normalisation.
    private static let clipWithoutNormalization = 1.0

    /// Lets the batch size give way to a small training split: to the power of two that leaves enough steps, and at least 8
    /// images. It never grows, and is never more than there are images.
    ///
    /// - Parameter images: of the training split; 0 changes nothing.
    /// - Returns: whether batches are smaller now.
    @discardableResult
    package mutating func fitBatch(toImages images: Int) -> Bool {
        guard images > 0 else { return false }
        let share = min(images, max(TrainingRecipe.fewestImages, images / TrainingRecipe.stepsPerEpoch))
        guard share < batchSize else { return false }
        batchSize = 1 << (Int.bitWidth - 1 - share.leadingZeroBitCount)
        return true
    }

    /// Lets the padding of the random crop give way to small images: to a quarter of their shorter side. It never grows.
    ///
    /// - Returns: whether it is smaller now.
    @discardableResult
    package mutating func fitCrop(to image: ImageFormat) -> Bool {
        let most = min(image.height, image.width) / TrainingRecipe.cropPart
        guard augmentation.cropPadding > most else { return false }
        augmentation.cropPadding = most
        return true
    }

    /// Bounds the gradients of a network without batch normalisation, as imported and folded ones are, more than those of
    /// others: nothing else would keep a step from throwing such a network off.
    ///
    /// - Parameter graph: as it is trained.
    /// - Returns: whether the bound is lower now.
    @discardableResult
    package mutating func clipGradients(in graph: Graph) -> Bool {
        let limit = TrainingRecipe.clipWithoutNormalization
        guard !graph.hasBatchNormalization, gradientClip == 0 || gradientClip > limit else { return false }
        gradientClip = limit
        return true
    }
}
