import Artifacts
import Tensors
import Testing
import Training

@Suite struct AugmentationTests {
    /// Two channels of 3x4: pixel values 1 … 24.
    let image = ImageFormat(channels: 2, height: 3, width: 4)

    /// The first channel, in 8 bits again; the second must have moved the same way.
    func applied(_ change: (inout AugmentationRecipe.Draw) -> Void) -> [Int] {
        var draw = AugmentationRecipe.Draw()
        change(&draw)
        let result = UnsafeMutableBufferPointer<Float>.allocate(capacity: 24)
        result.initialize(repeating: -1)
        defer { result.deallocate() }
        let pixels = (1...24).map { UInt8($0) }
        pixels.withUnsafeBytes { draw.apply(to: $0, of: image, into: result) }
        let bytes = result.map { Int(($0 * 255).rounded()) }
        #expect(bytes[12...].map { $0 == 0 ? 0 : $0 - 12 } == Array(bytes[..<12]))
        return Array(bytes[..<12])
    }

    @Test func nothingChangesNothing() { #expect(applied { _ in } == Array(1...12)) }

    @Test func shiftsLeaveBlack() {
        #expect(
            applied {
                $0.shiftRows = 1; $0.shiftColumns = -2
            } == [0, 0, 5, 6, 0, 0, 9, 10, 0, 0, 0, 0])
        #expect(
            applied {
                $0.shiftRows = -2; $0.shiftColumns = 1
            } == [0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 4, 0])
        for far in [-9, -4, 4, 9] {
            #expect(applied { $0.shiftColumns = far } == [Int](repeating: 0, count: 12))
            #expect(applied { $0.shiftRows = far } == [Int](repeating: 0, count: 12))
        }
    }

    @Test func mirrorAndCover() {
        #expect(applied { $0.isMirrored = true } == [4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9])
        #expect(
            applied {
                $0.coveredRows = 1..<3; $0.coveredColumns = 0..<2
            } == [1, 2, 3, 4, 0, 0, 7, 8, 0, 0, 11, 12])
        #expect(
            applied {
                $0.isMirrored = true; $0.shiftColumns = 1; $0.coveredRows = 0..<1; $0.coveredColumns = 3..<4
            }
                == [0, 4, 3, 0, 0, 8, 7, 6, 0, 12, 11, 10])
    }

    @Test func drawsReachEveryPlaceAndNoOther() {
        var recipe = AugmentationRecipe()
        recipe.cropPadding = 2
        recipe.cutoutSide = 3
        var generator = RandomGenerator(seed: 1)
        let draws = (0..<2000).map { _ in recipe.draw(height: 8, width: 6, using: &generator) }
        #expect(Set(draws.map(\.shiftRows)) == Set(-2...2) && Set(draws.map(\.shiftColumns)) == Set(-2...2))
        let mirrored = draws.count { $0.isMirrored }
        #expect(mirrored > 900 && mirrored < 1100)
        #expect(Set(draws.map(\.coveredRows.lowerBound)) == Set(0...6))
        #expect(Set(draws.map(\.coveredRows.upperBound)) == Set(2...8))
        #expect(draws.allSatisfy { (0..<6).contains($0.coveredColumns.lowerBound) && $0.coveredColumns.upperBound <= 6 })
    }

    @Test func erasuresStayInsideAndCoverTheirShare() {
        var recipe = AugmentationRecipe()
        recipe.erasing = 0.5
        var generator = RandomGenerator(seed: 4)
        let draws = (0..<4000).map { _ in recipe.draw(height: 32, width: 24, using: &generator) }
        let erased = draws.filter { !$0.erasedRows.isEmpty }
        #expect(erased.count > 1850 && erased.count < 2150)
        #expect(erased.allSatisfy { $0.erasedRows.lowerBound >= 0 && $0.erasedRows.upperBound <= 32 })
        #expect(erased.allSatisfy { $0.erasedColumns.lowerBound >= 0 && $0.erasedColumns.upperBound <= 24 })
        let areas = erased.map { Double($0.erasedRows.count * $0.erasedColumns.count) / (32 * 24) }
        #expect(areas.min()! > 0.01 && areas.max()! < 0.36)
        let mean = areas.reduce(0, +) / Double(areas.count)
        #expect(abs(mean - 0.175) < 0.015, "the mean of 2 to 33 %: \(mean)")
        #expect(erased.contains { $0.erasedRows.count > 2 * $0.erasedColumns.count })
        #expect(erased.contains { 2 * $0.erasedRows.count < $0.erasedColumns.count })
        #expect(
            applied {
                $0.erasedRows = 0..<2; $0.erasedColumns = 1..<3
            } == [1, 0, 0, 4, 5, 0, 0, 8, 9, 10, 11, 12])
    }

    @Test(arguments: [0.05, 0.2, 1, 2]) func blendSharesHaveTheirDistribution(_ alpha: Double) {
        var recipe = AugmentationRecipe()
        recipe.mixup = alpha
        var generator = RandomGenerator(seed: 7)
        let shares = (0..<20_000).map { _ in recipe.drawBlendShare(using: &generator) }
        #expect(shares.allSatisfy { 0...0.5 ~= $0 })
        // The variance of Beta(α, α) is 1/(4(2α + 1)); of λ and min(λ, 1 − λ) the distance from ½ is the same.
        let variance = shares.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / 20_000
        #expect(abs(variance - 1 / (4 * (2 * alpha + 1))) < 0.004, "\(variance)")
    }

    @Test func aRecipeOfNothingDrawsNothing() {
        var recipe = AugmentationRecipe()
        recipe.cropPadding = 0
        recipe.horizontalFlip = false
        var generator = RandomGenerator(seed: 1)
        #expect(recipe.draw(height: 3, width: 3, using: &generator) == AugmentationRecipe.Draw())
    }
}
