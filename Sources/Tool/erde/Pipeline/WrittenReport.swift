import Artifacts
import Diagnostics
import Report
import ReportFile

/// What a calibration measured of a model, with all that it rests on, in a folder of its own.
///
/// As JSON it has the keys of the report's file and the paths of model and page, without the thumbnails, which are in the page.
struct WrittenReport: Encodable {
    private let report: CalibrationReport
    private let model: String
    private let page: String

    private enum CodingKeys: CodingKey {
        case model
        case page
    }

    /// Warns of what the report warns of, and writes it.
    ///
    /// - Parameters:
    ///   - report: as it comes from the calibration.
    ///   - model: that it is about, as it is in the file.
    ///   - path: of that file.
    ///   - rows: the models that are set beside each other.
    ///   - told: warnings that were shown on the way.
    init(
        _ report: CalibrationReport, of model: Model, at path: String, rows: [ModelSummary], on place: DatasetPlace,
        told: [String] = [], in folder: String
    ) throws(ErdeError) {
        var report = report
        report.models = rows
        report.provenance = model.metadata.provenance
        report.dataset.path = place.path
        report.dataset.fingerprint = place.dataset.fingerprint
        report.dataset.trainImages = place.dataset.train.count
        for warning in report.warnings { Console.standard.warn(warning) }
        report.warnings = told + report.warnings
        try report.attachThumbnails(from: place.dataset.test)
        try writeReport(report, to: folder)
        self.report = report
        self.model = path
        page = "\(folder)/\(ReportFileName.page)"
    }

    var summary: CompressionSummary { CompressionSummary(report, model: model, page: page) }

    func encode(to encoder: any Encoder) throws {
        var bare = report
        for example in bare.examples.indices { bare.examples[example].pngBase64 = nil }
        try bare.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        try container.encode(page, forKey: .page)
    }
}
