import Artifacts
import Calibrate
import TestSupport
import Testing

@Suite struct MetricTests {
    private let rounding = Tolerance(
        absolute: 2e-6, relative: 2e-6, reason: "the goldens' logits are double, erde's are float32")

    @Test func goldens() throws {
        let goldens = try LossGoldens.load().metrics
        #expect(goldens.count == 2)
        for golden in goldens {
            let classes = golden.logits[0].count
            let flat = golden.logits.flatMap { $0.map { Float($0) } }
            let logits = LabelledLogits(perExit: [flat], classCount: classes, labels: golden.labels)
            let correct = logits.correctness(of: logits.answers()).isCorrect[0]
            let scores = logits.scores(.entropy, cumulativeMACs: [1]).scores[0]
            expectClose(scores, golden.entropyNats, rounding, "entropies")
            let temperature = bestTemperature(logits: flat, labels: golden.labels, classCount: classes)
            let auroc = try #require(areaUnderROC(scores: scores, isCorrect: correct))
            expectClose(
                [
                    Double(correct.count { $0 }) / Double(correct.count),
                    ReliabilityDiagram(confidences: confidences(logits: flat, classCount: classes), isCorrect: correct)
                        .expectedCalibrationError,
                    auroc,
                    temperature,
                    negativeLogLikelihood(logits: flat, labels: golden.labels, classCount: classes),
                    negativeLogLikelihood(
                        logits: flat, labels: golden.labels, classCount: classes, temperature: temperature),
                ],
                [
                    golden.accuracy, golden.ece15, golden.aurocOfNegativeEntropy, golden.bestTemperature, golden.nllAt1,
                    golden.nllAtBestTemperature,
                ],
                rounding, "accuracy, ECE, AUROC, temperature, NLL, NLL scaled")
        }
    }

    @Test func aConfidenceOnAnEdgeBelongsToTheBinBelow() {
        let diagram = ReliabilityDiagram(
            confidences: [0.2, 0.2 + 1e-12, 1, 1.0 / 15], isCorrect: [true, false, true, false])
        #expect(diagram.bins.count == 15)
        #expect(diagram.bins.map(\.count) == [1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        #expect(abs(diagram.expectedCalibrationError - (1.0 / 15 + 0.8 + 0.2 + 0) / 4) < 1e-12)
    }

    @Test func areaUnderTheCurveCountsTiesHalf() {
        #expect(areaUnderROC(scores: [1, 1, 1, 1], isCorrect: [true, false, true, false]) == 0.5)
        #expect(areaUnderROC(scores: [0, 1, 2, 3], isCorrect: [true, true, false, false]) == 1)
        #expect(areaUnderROC(scores: [3, 2, 1, 0], isCorrect: [true, true, false, false]) == 0)
        #expect(areaUnderROC(scores: [0, 1, 1, 2], isCorrect: [true, true, false, false]) == 0.875)
        #expect(areaUnderROC(scores: [0, 1], isCorrect: [true, true]) == nil)
        #expect(areaUnderROC(scores: [], isCorrect: []) == nil)
    }

    @Test func temperatureStaysInItsRangeOnSeparableLogits() {
        // All right: the sharper, the better.
        #expect(abs(bestTemperature(logits: [5, 0, 0, 5], labels: [0, 1], classCount: 2) - 0.05) < 1e-9)
        // All wrong: the flatter, the better.
        #expect(abs(bestTemperature(logits: [5, 0, 0, 5], labels: [1, 0], classCount: 2) - 20) < 1e-6)
        #expect(bestTemperature(logits: [], labels: [], classCount: 2) == 1)
        // Huge logits must not overflow.
        let huge = bestTemperature(logits: [100, -100, -100, 100, 100, -100], labels: [0, 1, 1], classCount: 2)
        #expect(huge.isFinite && huge > 1)
    }

    @Test func theOracleSpendsItsBudgetWhereItIsCheapest() {
        let correctness = Correctness([
            [true, false, false, false], [true, true, false, false], [false, false, true, false],
        ])
        let oracle = Oracle(correctness, cumulativeMACs: [1, 2, 5])
        #expect(oracle.result(budget: 1).accuracy == 0.25)
        #expect(oracle.result(budget: 1).meanMACs == 1)
        #expect(oracle.result(budget: 1.25).accuracy == 0.5)
        #expect(oracle.result(budget: 2.2).accuracy == 0.5)
        #expect(oracle.result(budget: 2.25).accuracy == 0.75)
        #expect(oracle.result(budget: 100).meanMACs == 2.25)
    }

    @Test func leavingIsCountedPerExit() {
        let correctness = Correctness([[true, false, true, false], [true, true, true, true], [false, false, false, false]])
        let result = LeavingResult(exits: [0, 0, 1, 0], correctness: correctness, cumulativeMACs: [1, 3, 9])
        #expect(result.accuracy == 0.5)
        #expect(result.meanMACs == 1.5)
        #expect(result.exitShares == [0.75, 0.25, 0])
        #expect(result.accuracyPerExit == [1.0 / 3, 1, nil])
        #expect(result.medianMACs == 1)
        #expect(result.percentile99MACs == 3)
    }

    /// Of 60 images all are right with a chance of 2.5 % at an accuracy of 0.025^(1/60) = 0.9403705.
    @Test func allOrNoneRightIsNoCertainty() {
        let exits = [[Int](repeating: 0, count: 60)]
        for isRight in [true, false] {
            let correctness = Correctness([[Bool](repeating: isRight, count: 60)])
            let accuracy = Bootstrap().intervals(exits: exits, correctness: correctness, cumulativeMACs: [5])[0].accuracy
            #expect(accuracy.value == (isRight ? 1 : 0))
            #expect(abs((isRight ? accuracy.low : 1 - accuracy.high) - 0.9403705) < 1e-6, "\(accuracy)")
            #expect((isRight ? accuracy.high : accuracy.low) == accuracy.value)
        }
    }

    @Test func bootstrapIntervalsHoldTheValueAndRepeat() {
        let (scores, correctness) = randomProblem(exits: 3, images: 400, levels: 64, seed: 2)
        let exits = [[0.5, 0.5], [1.5, 1.0]].map { scores.exits(under: $0) }
        var bootstrap = Bootstrap()
        let first = bootstrap.intervals(exits: exits, correctness: correctness, cumulativeMACs: scores.cumulativeMACs)
        let again = bootstrap.intervals(exits: exits, correctness: correctness, cumulativeMACs: scores.cumulativeMACs)
        bootstrap.seed = 2
        let other = bootstrap.intervals(exits: exits, correctness: correctness, cumulativeMACs: scores.cumulativeMACs)
        for way in exits.indices {
            let accuracy = first[way].accuracy
            #expect(accuracy == again[way].accuracy && first[way].meanMACs == again[way].meanMACs)
            #expect(first[way].meanMACs != other[way].meanMACs)
            #expect(accuracy.low < accuracy.value && accuracy.value < accuracy.high)
            // The binomial interval, 1.96 sqrt(p (1 - p) / N) to each side.
            let half = 1.96 * (accuracy.value * (1 - accuracy.value) / 400).squareRoot()
            #expect(abs((accuracy.high - accuracy.low) / 2 - half) < 0.15 * half)
        }
    }

    @Test func wholePercentsSumToAHundred() {
        #expect(wholePercents(of: [0.335, 0.335, 0.33]) == [34, 33, 33])
        #expect(wholePercents(of: [0.125, 0.125, 0.125, 0.625]) == [13, 13, 12, 62])
        #expect(wholePercents(of: [1, 0]) == [100, 0])
        #expect(wholePercents(of: []) == [])
    }

    @Test func textOfMACs() {
        #expect(macsText(0) == "0 MACs")
        #expect(macsText(999) == "999 MACs")
        #expect(macsText(999.96) == "1.000 k MACs")
        #expect(macsText(9_403_008) == "9.403 M MACs")
        #expect(macsText(20e6) == "20.00 M MACs")
        #expect(macsText(124e6) == "124.0 M MACs")
        #expect(macsText(999_960_000) == "1.000 G MACs")
        #expect(macsText(atLeast: 999) == "999 MACs")
        #expect(macsText(atLeast: 38_544) == "38.55 k MACs")
        #expect(macsText(atLeast: 9_403_008) == "9.404 M MACs")
        #expect(macsText(atLeast: 124e6) == "124.0 M MACs")
        #expect(macsText(atLeast: 999_960_000) == "1.000 G MACs")
        #expect(decimalText(0.005, decimals: 2) == "0.01")
        #expect(decimalText(-0.0001, decimals: 2) == "0.00")
        #expect(decimalText(12, decimals: 0) == "12")
    }
}
