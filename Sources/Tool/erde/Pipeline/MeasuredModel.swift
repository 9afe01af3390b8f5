import Artifacts
import Calibrate
import Diagnostics

/// A model in a file, and what was measured of it.
struct MeasuredModel {
    let model: Model
    let path: String
    let summary: ModelSummary
    /// Where each test image leaves at the target budget, or at the largest one where there is no target.
    let testExits: [Int]

    init(model: Model, path: String, summary: ModelSummary, testExits: [Int]) {
        self.model = model
        self.path = path
        self.summary = summary
        self.testExits = testExits
    }

    /// Measures a model with its own thresholds for the target, or for the largest budget where there is no target; with such as
    /// are fitted here where it has none.
    init(
        _ model: Model, name: String, path: String, options: CalibrationOptions, place: DatasetPlace, engine: EngineOptions
    ) throws(ErdeError) {
        let fitting = try LabelledLogits(of: model, place.dataset.calibration, engine: engine)
        let test = try LabelledLogits(of: model, place.dataset.test, engine: engine)
        var summary = try ModelMeasurement(place: place, engine: engine)
            .summary(model, name: name, path: path, calibration: fitting, test: test)
        let macs = model.metadata.cumulativeMACs
        let budget = options.targetMACs ?? options.budgets?.max() ?? Double(macs[macs.count - 1])
        var point = model.metadata.operatingPoints.first {
            $0.budgetMACs == budget && $0.policy.score == options.score
        }
        if point == nil {
            point = try FittingProgress.show { (run) throws(ErdeError) in
                try fitThresholds(for: [budget], on: fitting, score: options.score, cumulativeMACs: macs, run: run).first
            }
        }
        let exits = point.map { test.scores(options.score, cumulativeMACs: macs).exits(under: $0.policy.thresholds) } ?? []
        if !exits.isEmpty {
            let correctness = test.correctness(of: test.answers())
            let right = exits.indices.count { correctness.isCorrect[exits[$0]][$0] }
            summary.testAccuracyAtTarget = Double(right) / Double(exits.count)
            summary.exitSharesAtTarget = (0..<model.exitCount).map { exit in
                Double(exits.count { $0 == exit }) / Double(exits.count)
            }
        }
        self.init(model: model, path: path, summary: summary, testExits: exits)
    }
}
