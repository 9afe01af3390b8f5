import Artifacts
import Calibrate
import Diagnostics
import Emit
import Graphs
import ONNXFormat

/// A model with thresholds fitted here, written and read back, and what was measured of it: from there on the file speaks for
/// itself.
struct CalibratedFile {
    let measured: MeasuredModel
    let report: CalibrationReport
    /// What was said already of how the model came about, for the report.
    var warnings: [String] = []

    /// - Parameters:
    ///   - model: its thresholds are fitted here.
    ///   - name: what its row is called.
    ///   - options: with the target, which the file remembers; nil where it is not known.
    ///   - previous: the model that it was made from, to tell which images change their exit.
    init(
        _ model: Model, name: String, path: String, options: CalibrationOptions, place: DatasetPlace,
        engine: EngineOptions, previous: MeasuredModel? = nil
    ) throws(ErdeError) {
        Console.standard.note("Fitting thresholds on \(groupedText(place.dataset.calibration.count)) calibration images")
        let test = try LabelledLogits(of: model, place.dataset.test, engine: engine)
        let fitting = try LabelledLogits(of: model, place.dataset.calibration, engine: engine)
        let calibration = try FittingProgress.show { (run) throws(ErdeError) in
            try calibrate(
                calibration: fitting, test: test, modelName: String(path.split(separator: "/").last ?? "model.pb"),
                classNames: model.metadata.classNames, cumulativeMACs: model.metadata.cumulativeMACs, options: options, run: run)
        }
        var model = model
        model.metadata.operatingPoints = calibration.operatingPoints
        model.metadata.provenance.targetMACs = options.targetMACs ?? model.metadata.provenance.targetMACs
        try emit(model, to: path)
        let written = try ModelFile.read(path: path)
        var summary = try ModelMeasurement(place: place, engine: engine).summary(written, name: name, path: path)
        let scores = test.scores(options.score, cumulativeMACs: model.metadata.cumulativeMACs)
        let shown = calibration.report.shown
        let exits = shown.map { scores.exits(under: $0.thresholds) } ?? []
        summary.exitSharesAtTarget = shown?.exitShares
        summary.testAccuracyAtTarget = shown?.testAccuracy.value
        if let earlier = previous?.testExits, earlier.count == exits.count, !exits.isEmpty {
            summary.changedExitShare = Double(zip(earlier, exits).count { $0 != $1 }) / Double(exits.count)
        }
        report = calibration.report
        measured = MeasuredModel(model: written, path: path, summary: summary, testExits: exits)
    }
}
