import Artifacts
import Calibrate
import Diagnostics
import Testing

@Suite struct CalibrateTests {
    static let classNames = ["ant", "bee", "cat", "dog", "eel"]
    static let macs = [3_763_200, 6_580_000, 9_403_008]

    static func calibration(budgets: [Double]? = nil, target: Double? = nil) throws -> Calibration {
        var options = CalibrationOptions()
        options.budgets = budgets
        options.targetMACs = target
        options.bootstrap.resamples = 200
        return try calibrate(
            calibration: randomLogits(exits: 3, images: 700, classes: 5, seed: 1),
            test: randomLogits(exits: 3, images: 600, classes: 5, seed: 2), modelName: "student.pb",
            classNames: classNames, cumulativeMACs: macs, options: options)
    }

    @Test func defaultBudgetsStayInRange() {
        #expect(defaultBudgets(around: 6e6, cumulativeMACs: CalibrateTests.macs) == [3_763_200, 6e6, 9e6, 9_403_008])
        #expect(defaultBudgets(around: 1e9, cumulativeMACs: CalibrateTests.macs) == [9_403_008])
        #expect(defaultBudgets(around: 2e6, cumulativeMACs: [1_000_000, 10_000_000]) == [1e6, 2e6, 3e6, 4e6])
    }

    @Test func theReportIsConsistentWithItself() throws {
        let calibration = try CalibrateTests.calibration(target: 6e6)
        let report = calibration.report
        #expect(report.budgets.map(\.budgetMACs) == [3_763_200, 6e6, 9e6, 9_403_008])
        #expect(calibration.operatingPoints.map(\.budgetMACs) == report.budgets.map(\.budgetMACs))
        for (point, budget) in zip(calibration.operatingPoints, report.budgets) {
            #expect(point.policy.thresholds == budget.thresholds)
            #expect(point.policy.score == .entropy)
            #expect(point.calibrationMeanMACs <= budget.budgetMACs * (1 + 1e-9))
            #expect(abs(budget.exitShares.reduce(0, +) - 1) < 1e-12)
            let mean = zip(budget.exitShares, report.cumulativeMACs).reduce(0) { $0 + $1.0 * Double($1.1) }
            #expect(abs(mean - budget.testMeanMACs.value) < 1)
            let accuracy = zip(budget.exitShares, budget.accuracyPerExit).reduce(0) { $0 + $1.0 * ($1.1 ?? 0) }
            #expect(abs(accuracy - budget.testAccuracy.value) < 1e-12)
            #expect(budget.testAccuracy.low <= budget.testAccuracy.value)
            #expect(budget.thresholds.allSatisfy { $0.isFinite })
        }
        #expect(report.target?.budgetMACs == 6e6 && report.shown == report.target)
        #expect(report.curves.map(\.rule) == [.perExitThresholds, .sharedThreshold, .oracle])
        #expect(report.curves.allSatisfy { $0.points.count == 33 })
        #expect(report.exits.count == 3)
        for exit in report.exits { #expect(exit.reliability.bins.reduce(0) { $0 + $1.count } == 600) }
        let confusion = try #require(report.confusion)
        #expect(confusion.counts.joined().reduce(0, +) == 600)
        #expect(abs(confusion.accuracy - (report.target?.testAccuracy.value ?? 0)) < 1e-12)
        #expect(report.examples.count { $0.kind == .early } == 12)
        #expect(report.examples.filter { $0.kind == .early }.allSatisfy { $0.exit == 1 })
        #expect(report.examples.filter { $0.kind == .late }.allSatisfy { $0.exit == 3 })
    }

    @Test func thresholdsAloneAreTheSame() throws {
        let calibration = try CalibrateTests.calibration(target: 6e6)
        let logits = randomLogits(exits: 3, images: 700, classes: 5, seed: 1)
        let points = try fitThresholds(
            for: [9e6, 3_763_200, 9_403_008, 6e6, 9e6], on: logits, score: .entropy, cumulativeMACs: CalibrateTests.macs)
        #expect(points == calibration.operatingPoints)
        func kind(_ logits: LabelledLogits, budget: Double) -> ErdeError.Kind? {
            do throws(ErdeError) {
                _ = try fitThresholds(for: [budget], on: logits, score: .entropy, cumulativeMACs: CalibrateTests.macs)
                return nil
            } catch { return error.kind }
        }
        #expect(kind(logits, budget: 1e6) == .usage)
        #expect(kind(LabelledLogits(perExit: [[], [], []], classCount: 5, labels: []), budget: 6e6) == .badData)
        #expect(kind(randomLogits(exits: 2, images: 20, classes: 5, seed: 1), budget: 6e6) == .badData)
    }

    @Test func theCheapestBudgetSendsEveryTestImageOutAtTheFirstExit() throws {
        let report = try CalibrateTests.calibration(budgets: [3_763_200]).report
        #expect(report.budgets[0].exitShares == [1, 0, 0])
        #expect(report.budgets[0].testMeanMACs.value == 3_763_200)
        #expect(report.budgets[0].testMeanMACs.high == 3_763_200)
    }

    @Test func wrongInputIsRefused() throws {
        let logits = randomLogits(exits: 3, images: 20, classes: 5, seed: 1)
        func kind(_ test: LabelledLogits, budgets: [Double]? = nil) -> ErdeError.Kind? {
            var options = CalibrationOptions()
            options.budgets = budgets
            do throws(ErdeError) {
                _ = try calibrate(
                    calibration: logits, test: test, modelName: "m", classNames: CalibrateTests.classNames,
                    cumulativeMACs: CalibrateTests.macs, options: options)
                return nil
            } catch { return error.kind }
        }
        #expect(kind(logits) == nil)
        #expect(kind(logits, budgets: [1e6]) == .usage)
        #expect(kind(LabelledLogits(perExit: [[], [], []], classCount: 5, labels: [])) == .badData)
        #expect(kind(randomLogits(exits: 2, images: 20, classes: 5, seed: 1)) == .badData)
        var values = logits.perExit
        values[1][7] = .nan
        #expect(kind(LabelledLogits(perExit: values, classCount: 5, labels: logits.labels)) == .badData)
        #expect(
            kind(LabelledLogits(perExit: logits.perExit, classCount: 5, labels: logits.labels.map { $0 + 5 })) == .badData)
    }

    @Test func oneExitNeedsNoThreshold() throws {
        let calibration = try calibrate(
            calibration: randomLogits(exits: 1, images: 50, classes: 4, seed: 1),
            test: randomLogits(exits: 1, images: 40, classes: 4, seed: 2), modelName: "static.pb",
            classNames: ["a", "b", "c", "d"], cumulativeMACs: [1000])
        #expect(calibration.operatingPoints.map(\.policy.thresholds) == [[]])
        #expect(calibration.report.budgets[0].exitShares == [1])
        #expect(calibration.report.examples.isEmpty)
    }

    /// The largest budget is not one that the model was made for; one that is written the same is.
    @Test func aModelFindsItsTargetAmongBudgets() {
        var metadata = ModelMetadata(
            role: .student, classNames: [], image: ImageFormat(channels: 1, height: 1, width: 1), cumulativeMACs: [1, 2],
            provenance: Provenance(version: "0.1.0"))
        #expect(metadata.target(among: [2e6, 4e6]) == nil)
        metadata.provenance.targetMACs = 4_000_123
        #expect(metadata.target(among: [2e6, 4_000_100, 4_000_123, 6e6]) == 4_000_123)
        #expect(metadata.target(among: [2e6, 4e6, 6e6]) == 4e6)
        #expect(metadata.target(among: [2e6, 4.1e6]) == nil)
    }

    @Test func evaluationAgreesWithTheCalibrationOnTheSameSplit() throws {
        let report = try CalibrateTests.calibration(target: 6e6).report
        let target = try #require(report.target)
        let evaluation = try evaluate(
            randomLogits(exits: 3, images: 600, classes: 5, seed: 2), split: .test, model: "student.pb",
            classNames: CalibrateTests.classNames, cumulativeMACs: CalibrateTests.macs, score: .entropy,
            settings: [(6e6, target.thresholds), (nil, [0, 0])])
        #expect(evaluation.imageCount == 600)
        #expect(evaluation.accuracyPerExit == report.exits.map(\.testAccuracy))
        #expect(evaluation.settings[0].accuracy.value == target.testAccuracy.value)
        #expect(evaluation.settings[0].exitShares == target.exitShares)
        #expect(evaluation.settings[0].confusion == report.confusion)
        #expect(evaluation.settings[1].accuracy.value == evaluation.accuracyPerExit[2])
        #expect(evaluation.settings[1].expectedCalibrationError == evaluation.expectedCalibrationErrorPerExit[2])
        #expect(evaluation.settings[1].meanMACs.value == 9_403_008)
    }
}
