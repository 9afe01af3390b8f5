import ArgumentParser
import Artifacts
import Diagnostics
import Report
import ReportFile

/// `erde report RUN`
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Writes the report's files again from its JSON.",
        discussion: "  erde report small")

    @Argument(help: "The folder of a run, or its report folder, with calibration.json in it.")
    var folder: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        let folder = InputFile.size("\(self.folder)/calibration.json") == nil ? "\(self.folder)/report" : self.folder
        let path = "\(folder)/calibration.json"
        let report = try CalibrationReport(json: InputFile.bytes(path), name: path)
        try writeReport(report, to: folder)
        Console.standard.result("\(folder)/index.html")
    }
}
