import ArgumentParser
import Report

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
        let isReport = InputFile.size("\(folder)/\(ReportFileName.json)") != nil
        let place = isReport ? folder : "\(folder)/report"
        try writeReport(try readReport(from: place), to: place)
        let page = "\(place)/\(ReportFileName.page)"
        Console.standard.result(common.json ? try JSONText.text(["page": page]) : page)
    }
}
