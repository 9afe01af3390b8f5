import Artifacts
import Report

/// A report and where it went, for programs: its keys beside those of the files, without the thumbnails, which are in the page.
struct WrittenReport: Encodable {
    private let report: CalibrationReport
    private let model: String
    private let page: String

    private enum CodingKeys: CodingKey {
        case model
        case page
    }

    /// - Parameters:
    ///   - model: path of the file that the report is about.
    ///   - folder: that of the report.
    init(_ report: CalibrationReport, model: String, folder: String) {
        var report = report
        for example in report.examples.indices { report.examples[example].pngBase64 = nil }
        self.report = report
        self.model = model
        page = "\(folder)/\(ReportFileName.page)"
    }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        try container.encode(page, forKey: .page)
    }
}
