import Architectures
import Artifacts
import Calibrate
import Diagnostics
import Graphs

/// Measures models in files for the table that sets them beside each other.
struct ModelMeasurement {
    let place: DatasetPlace
    let engine: EngineOptions

    /// Accuracy of every exit, sizes, and milliseconds at full depth.
    ///
    /// - Parameters:
    ///   - name: what the row is called.
    ///   - path: of the model's file.
    func summary(_ model: Model, name: String, path: String) throws(ErdeError) -> ModelSummary {
        try summary(
            model, name: name, path: path,
            calibration: try LabelledLogits(of: model, place.dataset.calibration, engine: engine),
            test: try LabelledLogits(of: model, place.dataset.test, engine: engine))
    }

    /// The same for a model that has said already what it thinks of both splits.
    func summary(
        _ model: Model, name: String, path: String, calibration: LabelledLogits, test: LabelledLogits
    ) throws(ErdeError) -> ModelSummary {
        var summary = ModelSummary(
            name: name, architecture: model.metadata.provenance.networkName,
            cumulativeMACs: model.metadata.cumulativeMACs, parameterCount: model.graph.cost().parameterCount)
        summary.fileBytes = InputFile.size(path)
        summary.calibrationAccuracyPerExit = calibration.accuracyPerExit
        summary.testAccuracyPerExit = test.accuracyPerExit
        let speed = InferenceSpeed(model: model, engine: engine)
        summary.millisecondsPerImageBatch1 = try speed.milliseconds(batch: 1)
        summary.millisecondsPerImageBatch128 = try speed.milliseconds(batch: 128)
        return summary
    }
}
