import Artifacts
import Calibrate
import Diagnostics
import ONNXFormat
import Quantize
import Training

/// From a model in float to one in bytes with thresholds of its own, in a file.
struct QuantizationJob {
    /// An exit that loses more than this has collapsed: nobody wants such a file by mistake.
    private static let collapse = 0.02

    let recipe: QuantizationRecipe
    /// Whom the model learns from while it is trained with rounding in the loop.
    let teacher: Model?
    let place: DatasetPlace
    let engine: EngineOptions
    /// Whether a model that lost too much is written all the same.
    let force: Bool

    private var console: Console { .standard }

    /// - Parameters:
    ///   - previous: the model in float, to tell which images change their exit.
    ///   - options: how thresholds are fitted.
    /// - Throws: `ErdeError` of kind `badData` when the accuracy collapses, or no layer is left in bytes, without force.
    func run(
        _ previous: MeasuredModel, to path: String, options: CalibrationOptions
    ) throws(ErdeError) -> CalibratedFile {
        let model = previous.model
        let progress = TrainingProgress()
        var run = QuantizationRun(engine: engine.engine, options: engine.compilation)
        run.report = { Console.standard.note($0) }
        run.shouldStop = { Interruption.isRequested }
        if recipe.trainingEpochs > 0 {
            var training = TrainingRun(engine: engine.engine, options: engine.compilation)
            training.report = progress.show
            training.shouldStop = { Interruption.isRequested }
            run.training = try QuantizedTraining(
                student: model, teacher: teacher, epochs: recipe.trainingEpochs, images: place.dataset.train.count,
                run: training)
        }
        var quantized = try quantize(model, on: place.dataset, recipe: recipe, run: run)
        quantized.metadata.provenance.parentHash = try ModelFile.hash(path: previous.path)
        let warnings = try quantized.metadata.provenance.quantization.map { (record) throws(ErdeError) in
            try judge(record, path)
        }
        var file = try CalibratedFile(
            quantized, name: "int8", path: path, options: options, place: place, engine: engine, previous: previous)
        RunFiles(model: path).settleCompanions()
        file.warnings = progress.warnings + (warnings ?? [])
        return file
    }

    /// - Returns: the warnings that it has shown.
    private func judge(_ record: QuantizationRecord, _ path: String) throws(ErdeError) -> [String] {
        var warnings: [String] = []
        func warn(_ text: String) {
            console.warn(text)
            warnings.append(text)
        }
        for value in record.constantValues {
            warn("\(value) is the same number on every calibration image; nothing is known of its range")
        }
        let before = percentText(record.accuracyBefore)
        let after = percentText(record.accuracyAfter)
        if record.losesMore(than: max(Self.collapse, recipe.maxDrop)), !force {
            throw ErdeError(
                .badData, path, "is not written: the exits' calibration accuracy falls from \(before) to \(after)",
                remedy: "try --qat-epochs 2, --ranges minMax, or more --calibration-images; --force writes it all the same")
        }
        if record.layerCount == 0, !force {
            throw ErdeError(
                .badData, path,
                "is not written: with --max-drop \(decimalText(100 * recipe.maxDrop, decimals: 2)) no layer stays in bytes",
                remedy: "allow a larger --max-drop, or try --qat-epochs 2")
        }
        if record.largestDrop > recipe.maxDrop, !record.losesMore(than: recipe.maxDrop) {
            warn(
                "an exit got \(decimalText(100 * record.largestDrop, decimals: 2)) points worse on "
                    + "\(groupedText(place.dataset.calibration.count)) calibration images, too few to tell that from chance")
        }
        console.note("\(record.layerCount) layers in bytes; calibration accuracy \(before) before, \(after) after")
        for layer in record.floatLayers { console.note("\(layer.layer) stays in float: \(layer.reason)") }
        return warnings
    }
}
