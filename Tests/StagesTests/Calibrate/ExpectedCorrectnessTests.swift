import Artifacts
import Calibrate
import Testing

/// Thresholds for what is to be expected of images with such scores, not for the luck of those they are fitted to.
@Suite struct ExpectedCorrectnessTests {
    private static func expected(_ scores: [Double], _ isCorrect: [Bool]) -> [Double] {
        expectedCorrectness(ExitScores(scores: [scores], cumulativeMACs: [1]), Correctness([isCorrect]))[0]
    }

    @Test func violatorsArePooledAndEqualScoresJudgedAlike() {
        let third = 2.0 / 3
        let pooled = Self.expected([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [true, false, true, true, false, false])
        #expect(pooled == [1, third, third, third, 0, 0])
        // In any order, and with one score for three images.
        let tied = Self.expected([0.9, 0.2, 0.2, 0.1, 0.2], [false, true, false, true, true])
        #expect(tied == [0, third, third, 1, third])
        let rising = Self.expected([0.1, 0.1, 0.2], [false, false, true])
        #expect(rising == [Double](repeating: 1.0 / 3, count: 3))
        #expect(Self.expected([], []).isEmpty)
    }

    @Test(arguments: [(1, 50, 7), (3, 400, 60), (2, 333, 1 << 30)])
    func theChanceNeverRisesAndItsMeanIsThatOfWhatGetsThere(exits: Int, images: Int, levels: Int) {
        let (scores, correctness) = randomProblem(exits: exits, images: images, levels: levels, seed: 4)
        var weights = [Double](repeating: 1, count: images)
        for (exit, expected) in expectedCorrectness(scores, correctness).enumerated() {
            let order = scores.scores[exit].indices.sorted { scores.scores[exit][$0] < scores.scores[exit][$1] }
            for (one, next) in zip(order, order.dropFirst()) {
                #expect(expected[next] <= expected[one])
                if scores.scores[exit][one] == scores.scores[exit][next] { #expect(expected[next] == expected[one]) }
            }
            let right = zip(correctness.isCorrect[exit], weights).reduce(0) { $0 + ($1.0 ? $1.1 : 0) }
            #expect(abs(zip(expected, weights).reduce(0) { $0 + $1.0 * $1.1 } - right) < 1e-9 * Double(images))
            for image in 0..<images {
                let notSurer = scores.scores[exit].count { $0 <= scores.scores[exit][image] }
                weights[image] *= Double(notSurer) / Double(images)
            }
        }
    }

    /// The second exit is right where the first was sure already, and less often where it was not: nothing is to be had from it,
    /// though it is right more often over all images than the first is where that is unsure.
    @Test func whatNeverGetsToAnExitSaysLittleOfIt() throws {
        let images = 200
        let first = (0..<images).map { Double($0) / Double(images) }
        let isSure = first.map { $0 < 0.7 }
        let scores = ExitScores(scores: [first, first.map { 1 - $0 }], cumulativeMACs: [1, 2])
        let rightAtFirst = (0..<images).map { isSure[$0] || $0 % 10 < 7 }
        let rightAtSecond = (0..<images).map { isSure[$0] || $0 % 3 == 0 }
        let fitted = try bestThresholds(
            for: [2], scores: scores, correctness: Correctness([rightAtFirst, rightAtSecond]), objective: .expectedAnswers)[0]
        #expect(fitted.correctCount >= rightAtFirst.count { $0 } && fitted.meanMACs < 1.1, "\(fitted)")
    }

    @Test(arguments: [(2, 17, 6), (3, 13, 5), (4, 9, 4)])
    func theBestOfAllThresholdsAreFound(exits: Int, images: Int, levels: Int) throws {
        for seed in 1...6 {
            let (scores, correctness) = randomProblem(exits: exits, images: images, levels: levels, seed: UInt64(seed))
            let expected = expectedCorrectness(scores, correctness)
            func worth(_ thresholds: [Double]) -> Double {
                scores.exits(under: thresholds).enumerated().reduce(0) { $0 + expected[$1.element][$1.offset] }
            }
            var combinations: [[Double]] = [[]]
            for exit in 0..<exits - 1 {
                let cuts = [0] + Set(scores.scores[exit]).map { $0 + 1e-9 }
                combinations = combinations.flatMap { start in cuts.map { start + [$0] } }
            }
            let costs = scores.cumulativeMACs
            for share in [0.2, 0.5, 1.0] {
                let budget = costs[0] + share * (costs[exits - 1] - costs[0])
                let fitted = try bestThresholds(
                    for: [budget], scores: scores, correctness: correctness, objective: .expectedAnswers)[0]
                let within = combinations.filter { measured($0, scores, correctness).meanMACs <= budget + 1e-9 }
                let best = within.map(worth).max() ?? 0
                // Chances are kept to 1/65536.
                #expect(abs(worth(fitted.thresholds) - best) < 1e-3, "seed \(seed), budget \(budget)")
                let result = measured(fitted.thresholds, scores, correctness)
                #expect(result.correct == fitted.correctCount && result.meanMACs <= budget * (1 + 1e-9))
            }
        }
    }

    @Test func imagesNotSeenAreAnsweredBetter() throws {
        var gain = 0
        for seed in 1...40 {
            let all = randomLogits(exits: 3, images: 2300, classes: 4, seed: UInt64(seed))
            func part(_ images: Range<Int>) -> (ExitScores, Correctness) {
                let logits = LabelledLogits(
                    perExit: all.perExit.map { Array($0[images.lowerBound * 4..<images.upperBound * 4]) }, classCount: 4,
                    labels: Array(all.labels[images]))
                return (logits.scores(.entropy, cumulativeMACs: [1, 3, 6]), logits.correctness(of: logits.answers()))
            }
            let (scores, correctness) = part(0..<300)
            let (otherScores, otherCorrectness) = part(300..<2300)
            func right(_ objective: ThresholdObjective) throws -> Int {
                let fitted = try bestThresholds(for: [4], scores: scores, correctness: correctness, objective: objective)[0]
                return measured(fitted.thresholds, otherScores, otherCorrectness).correct
            }
            gain += try right(.expectedAnswers) - right(.rightAnswers)
        }
        #expect(gain > 0, "\(gain) of 80,000")
    }
}
