import Artifacts
import Graphs
import Testing
import Training

/// What recipes give way to where nobody asks for something else.
@Suite struct RecipeFittingTests {
    @Test(arguments: [
        (0, 128), (1, 1), (5, 4), (8, 8), (60, 8), (255, 16), (256, 32), (1023, 64), (1024, 128), (1_000_000, 128),
    ])
    func batchesLeaveEnoughSteps(_ images: Int, _ batch: Int) {
        var recipe = TrainingRecipe()
        let isSmaller = recipe.fitBatch(toImages: images)
        #expect(recipe.batchSize == batch && isSmaller == (batch < 128))
    }

    @Test func batchesDoNotGrow() {
        var recipe = TrainingRecipe()
        recipe.batchSize = 4
        let isSmaller = recipe.fitBatch(toImages: 60)
        #expect(recipe.batchSize == 4 && !isSmaller)
    }

    @Test(arguments: [(1, 28, 0), (3, 3, 0), (4, 9, 1), (7, 7, 1), (8, 8, 2), (224, 224, 2)])
    func cropsLeaveMostOfAnImage(_ height: Int, _ width: Int, _ padding: Int) {
        var recipe = TrainingRecipe()
        let isSmaller = recipe.fitCrop(to: ImageFormat(channels: 1, height: height, width: width))
        #expect(recipe.augmentation.cropPadding == padding && isSmaller == (padding < 2))
    }

    @Test func cropsDoNotGrow() {
        var recipe = TrainingRecipe()
        recipe.augmentation.cropPadding = 0
        let isSmaller = recipe.fitCrop(to: ImageFormat(channels: 3, height: 32, width: 32))
        #expect(recipe.augmentation.cropPadding == 0 && !isSmaller)
    }

    @Test func gradientsAreBoundedMoreWithoutNormalisation() throws {
        func clip(_ limit: Double, in graph: Graph) -> Double {
            var recipe = TrainingRecipe()
            recipe.gradientClip = limit
            let isLower = recipe.clipGradients(in: graph)
            #expect(isLower == (recipe.gradientClip != limit))
            return recipe.gradientClip
        }
        func folded(_ model: Model) throws -> Graph { try model.graph.optimizedForInference(model.parameters).graph }
        let plain = try Fixtures.model("vgg:widths=2,3:blocks=1,1")
        let residual = try Fixtures.model("preresnet:widths=2,3:blocks=1,1")
        #expect([0, 0.5, 1, 3].map { clip($0, in: plain.graph) } == [0, 0.5, 1, 3])
        let bare = try folded(plain)
        #expect([0, 0.5, 1, 3].map { clip($0, in: bare) } == [1, 0.5, 1, 1])
        // What comes before a convolution cannot be folded into one.
        let partly = try folded(residual)
        #expect(clip(3, in: partly) == 3)
    }
}
