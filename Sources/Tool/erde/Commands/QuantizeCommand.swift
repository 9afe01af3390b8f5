import ArgumentParser
import Artifacts
import Calibrate
import Diagnostics
import ONNXFormat

/// `erde quantize MODEL`
struct QuantizeCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "quantize", abstract: "Makes a model compute with bytes: about a quarter of the file, and faster.",
        discussion: """
            Ranges are observed on training images, layers that cost too much accuracy stay in float, and thresholds are \
            fitted again for the same budgets. The report is written beside the new file, to a folder of its own.

              erde quantize student.pb
              erde quantize student.pb --data photos.erds --max-drop 0.1 -o small/student-int8.pb
            """)

    @Argument(help: "The model file.")
    var model: String

    @Option(help: "A dataset file; by default the one the model was trained on.")
    var data: String?

    @Option(help: "Budgets to fit thresholds for, separated by commas; by default those that the model knows.")
    var budgets: MACQuantities?

    @Option(help: "The model that it learned from, for --qat-epochs; without it, it is trained on labels alone.")
    var teacher: String?

    @Option(name: .shortAndLong, help: "The model file to write; by default MODEL-int8.pb, where there is none.")
    var output: String?

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp("The folder for the report; by default NAME-report beside the new file NAME.pb.", valueName: "folder"))
    var reportFolder: String?

    @OptionGroup(title: "Quantization") var quantization: QuantizationOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        let recipe = try quantization.merged(engine: engine)
        let loaded = try ModelFile.read(named: model)
        let target = output ?? Self.path(beside: model)
        try OutputPlace.check(file: target, inputs: [model, teacher, data, loaded.metadata.provenance.datasetPath])
        if output == nil { try OutputPlace.requireFree(target) }
        if teacher != nil, recipe.trainingEpochs == 0 {
            throw ErdeError(
                .usage, "--teacher", "nobody learns from it without training", remedy: "add --qat-epochs, or leave it out")
        }
        if teacher != nil, loaded.metadata.provenance.distillation?.method.learnsFromTeacher != true {
            throw ErdeError(
                .usage, "--teacher", "\(model) was not trained with a loss that has one, and learns on with its own loss",
                remedy: "leave it out")
        }
        let folder = reportFolder ?? RunFiles(model: target).report
        try OutputPlace.prepare(folder: folder)
        defer { OutputPlace.removeIfEmpty(folder: folder) }
        let place = try DatasetPlace(given: data, of: loaded, named: model)
        try place.requireImagesToCalibrate()
        let options = try calibrationOptions(loaded)
        let job = QuantizationJob(
            recipe: recipe, teacher: try teacher.map { (path) throws(ErdeError) in try ModelFile.read(named: path) },
            place: place, engine: engine, force: quantization.force)
        Interruption.watch()
        let (before, quantized) = try Interruption.keepingNothing { () throws(ErdeError) -> (MeasuredModel, CalibratedFile) in
            let before = try MeasuredModel(
                loaded, name: loaded.metadata.role.rawValue, path: model, options: options, place: place, engine: engine)
            return (before, try job.run(before, to: target, options: options))
        }
        let report = try WrittenReport(
            quantized.report, of: quantized.measured.model, at: target, rows: [before.summary, quantized.measured.summary],
            on: place, told: quantized.warnings, in: folder)
        Console.standard.result(common.json ? try JSONText.text(report) : report.summary.text)
    }

    /// Where the bytes of a model go: `student.pb` becomes `student-int8.pb`.
    static func path(beside model: String) -> String {
        (model.hasSuffix(".pb") ? String(model.dropLast(3)) : model) + "-int8.pb"
    }

    /// The budgets given, those that the model was fitted for, or the default ones; the target is the one of them that it was
    /// made for.
    private func calibrationOptions(_ model: Model) throws(ErdeError) -> CalibrationOptions {
        var options = CalibrationOptions()
        let known = model.metadata.operatingPoints
        options.score = known.first?.policy.score ?? options.score
        options.budgets =
            try budgets?.macs(of: model.metadata.cumulativeMACs.last) ?? (known.isEmpty ? nil : known.map(\.budgetMACs))
        options.targetMACs = options.budgets.flatMap { model.metadata.target(among: $0) }
        if let first = model.metadata.cumulativeMACs.first, let low = options.budgets?.first(where: { $0 < Double(first) }) {
            throw ErdeError(
                .usage, macsText(low),
                "cannot be reached by \(self.model): its first exit alone costs \(macsText(Double(first)))",
                remedy: "choose budgets of at least that")
        }
        return options
    }
}
