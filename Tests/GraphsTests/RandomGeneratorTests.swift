import Tensors
import Testing

/// What a seed gives stays the same for ever, since recorded results depend on it. The numbers are from the papers'
/// algorithms written down in Python, whose integers do not overflow.
@Suite struct RandomGeneratorTests {
    private static let wide = 3 << 61

    static let draws: [(UInt64, Int, [Int])] = [
        (0, 3, [1, 2, 0, 1, 2, 2]), (0, 50000, [30063, 37388, 5150, 20829, 36649, 49987]), (1, 1, [0, 0, 0, 0, 0, 0]),
        (1, 10, [7, 5, 5, 3, 6, 1]), (7, 2, [1, 0, 1, 1, 1, 1]),
        (7, 1 << 32, [3_008_953_079, 1_197_227_414, 3_606_172_489, 4_213_782_643, 4_255_712_492, 3_748_535_523]),
        (7, .max, [6_461_677_535_414_237_996, 2_571_026_295_167_391_336, 7_744_196_453_246_319_818]),
        // A quarter of all words is drawn again here: the third with seed 0, the fourth twice with seed 7.
        (0, wide, [4_159_254_251_719_899_907, 5_172_748_991_313_500_655, 2_881_767_038_484_803_824]),
        (7, wide, [4_846_258_151_560_678_497, 1_928_269_721_375_543_502, 5_808_147_339_934_739_864, 6_037_439_055_838_090_395]),
    ]

    @Test(arguments: draws) func integersBelowABound(seed: UInt64, bound: Int, expected: [Int]) {
        var generator = RandomGenerator(seed: seed)
        let drawn = expected.map { _ in generator.below(bound) }
        #expect(drawn == expected)
    }

    static let orders: [(UInt64, [Int])] = [
        (0, [1, 6, 3, 7, 2, 0, 5, 4]), (7, [1, 8, 3, 0, 4, 5, 9, 6, 2, 7]), (1, [0]), (3, []),
    ]

    @Test(arguments: orders) func ordersOfElements(seed: UInt64, expected: [Int]) {
        var generator = RandomGenerator(seed: seed)
        var order = Array(expected.indices)
        generator.shuffle(&order)
        #expect(order == expected)
    }
}
