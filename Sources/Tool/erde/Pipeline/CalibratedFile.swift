import Artifacts
import Calibrate
import Diagnostics
import Emit
import Graphs
import ONNXFormat

/// A model with thresholds, written and read back, and what was measured of it: from there on the file speaks for itself.
struct CalibratedFile {
    let model: Model
    let path: String
    let report: CalibrationReport
    private(set) var summary: ModelSummary
    /// Where each test image leaves at the target budget.
    let testExits: [Int]

    /// A model as it lies in a file, measured with the thresholds that it has.
    init(
        _ model: Model, name: String, path: String, options: CalibrationOptions, at place: DatasetPlace, engine: EngineOptions
    ) throws(ErdeError) {
        self.model = model
        self.path = path
        summary = try ModelMeasurement(place: place, engine: engine).summary(model, name: name, path: path)
        report = CalibrationReport(
            modelName: path, classNames: model.metadata.classNames, score: options.score,
            cumulativeMACs: model.metadata.cumulativeMACs, targetMACs: options.targetMACs ?? 0,
            dataset: DatasetSummary(
                calibrationImages: place.dataset.calibration.count, testImages: place.dataset.test.count))
        guard let target = options.targetMACs, let point = model.metadata.operatingPoint(atMost: target),
            point.policy.score == options.score
        else {
            testExits = []
            return
        }
        let test = try LabelledLogits(of: model, place.dataset.test, engine: engine)
        let scores = test.scores(options.score, cumulativeMACs: model.metadata.cumulativeMACs)
        let exits = scores.exits(under: point.policy.thresholds)
        testExits = exits
        let answers = test.answers()
        let right = exits.indices.count { answers[exits[$0]][$0] == Int(test.labels[$0]) }
        let count = Double(max(1, exits.count))
        summary.testAccuracyAtTarget = Double(right) / count
        summary.exitSharesAtTarget = (0..<model.exitCount).map { exit in Double(exits.count { $0 == exit }) / count }
    }

    /// - Parameters:
    ///   - model: its thresholds are fitted here.
    ///   - name: what its row is called.
    ///   - options: with the target.
    ///   - previous: the model that it was made from, to tell which images change their exit.
    init(
        _ model: Model, name: String, path: String, options: CalibrationOptions, place: DatasetPlace,
        engine: EngineOptions, previous: CalibratedFile? = nil
    ) throws(ErdeError) {
        Console.standard.note("Fitting thresholds on \(groupedText(place.dataset.calibration.count)) calibration images")
        let test = try LabelledLogits(of: model, place.dataset.test, engine: engine)
        let fitting = try LabelledLogits(of: model, place.dataset.calibration, engine: engine)
        let calibration = try calibrate(
            calibration: fitting, test: test, modelName: String(path.split(separator: "/").last ?? "model.pb"),
            classNames: model.metadata.classNames, cumulativeMACs: model.metadata.cumulativeMACs, options: options)
        var model = model
        model.metadata.operatingPoints = calibration.operatingPoints
        try emit(model, to: path)
        self.model = try ModelFile.read(path: path)
        self.path = path
        var summary = try ModelMeasurement(place: place, engine: engine).summary(self.model, name: name, path: path)
        let scores = test.scores(options.score, cumulativeMACs: model.metadata.cumulativeMACs)
        let exits = calibration.report.target.map { scores.exits(under: $0.thresholds) } ?? []
        summary.exitSharesAtTarget = calibration.report.target?.exitShares
        summary.testAccuracyAtTarget = calibration.report.target?.testAccuracy.value
        if let earlier = previous?.testExits, earlier.count == exits.count, !exits.isEmpty {
            summary.changedExitShare = Double(zip(earlier, exits).count { $0 != $1 }) / Double(exits.count)
        }
        report = calibration.report
        self.summary = summary
        testExits = exits
    }
}
