import Architectures
import ArgumentParser
import Artifacts
import Calibrate
import Diagnostics
import Emit
import Graphs
import ONNXFormat

/// `erde calibrate MODEL --budgets …`
struct CalibrateCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "calibrate", abstract: "Fits exit thresholds again: for other budgets or on other data.",
        discussion: """
            The thresholds are stored in the model file, and the report is written beside it, to a folder of its own.

              erde calibrate student.pb --budgets 5M,10M,20M
            """)

    @Argument(help: "The model file.")
    var model: String

    @Option(help: "Budgets separated by commas: \(MACQuantity.help).")
    var budgets: MACQuantities

    @Option(help: "What the gates compare with their thresholds; by default the same as before.")
    var score: GateScore?

    @Option(help: "A dataset file; by default the one the model was trained on.")
    var data: String?

    @Option(name: .shortAndLong, help: "The model file to write; by default the one read.")
    var output: String?

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp("The folder for the report; by default MODEL-report beside the model file.", valueName: "folder"))
    var reportFolder: String?

    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        var loaded = try ModelFile.read(named: model)
        let target = output ?? model
        try OutputPlace.check(file: target, inputs: [data, loaded.metadata.provenance.datasetPath])
        let isNew = !OutputPlace.isSame(target, model)
        let folder = reportFolder ?? RunFiles(model: target).report
        try OutputPlace.prepare(folder: folder)
        defer { OutputPlace.removeIfEmpty(folder: folder) }
        let place = try DatasetPlace(given: data, of: loaded, named: model)
        try place.requireImagesToCalibrate()
        var options = CalibrationOptions()
        let wanted = try budgets.macs(of: loaded.metadata.cumulativeMACs.last)
        options.budgets = wanted
        options.targetMACs = loaded.metadata.target(among: wanted)
        options.score = score ?? loaded.metadata.operatingPoints.first?.policy.score ?? options.score
        let name = String(target.split(separator: "/").last ?? "model.pb")
        if let first = loaded.metadata.cumulativeMACs.first, let low = wanted.first(where: { $0 < Double(first) }) {
            throw ErdeError(
                .usage, macsText(low), "cannot be reached by \(model): its first exit alone costs \(macsText(Double(first)))",
                remedy: "choose budgets of at least that")
        }
        let fitting = try LabelledLogits(of: loaded, place.dataset.calibration, engine: engine)
        let test = try LabelledLogits(of: loaded, place.dataset.test, engine: engine)
        Interruption.watch()
        let calibration = try Interruption.keepingNothing { () throws(ErdeError) in
            try FittingProgress.show { (run) throws(ErdeError) in
                try calibrate(
                    calibration: fitting, test: test, modelName: name, classNames: loaded.metadata.classNames,
                    cumulativeMACs: loaded.metadata.cumulativeMACs, options: options, run: run)
            }
        }
        loaded.metadata.operatingPoints = calibration.operatingPoints
        try emit(loaded, to: target)
        if isNew { RunFiles(model: target).settleCompanions() }
        // From there on the file speaks for itself.
        loaded = try ModelFile.read(path: target)
        var summary = ModelSummary(
            name: loaded.metadata.role.rawValue, architecture: loaded.metadata.provenance.networkName,
            cumulativeMACs: loaded.metadata.cumulativeMACs, parameterCount: loaded.graph.cost().parameterCount)
        summary.fileBytes = InputFile.size(target)
        summary.testAccuracyPerExit = calibration.report.exits.map(\.testAccuracy)
        summary.calibrationAccuracyPerExit = calibration.report.exits.map(\.calibrationAccuracy)
        let report = try WrittenReport(
            calibration.report, of: loaded, at: target, rows: [summary], on: place, in: folder)
        Console.standard.result(common.json ? try JSONText.text(report) : report.summary.budgetText)
    }
}
