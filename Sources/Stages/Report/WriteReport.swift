package import Artifacts
package import Diagnostics
import Glibc
import ReportFile

/// The files of a report, by their names in its folder.
package enum ReportFileName {
    package static let json = "calibration.json"
    package static let protobuf = "calibration.pb"
    package static let page = "index.html"
}

/// Writes a calibration report as JSON, protobuf and a page to read, each of them whole or not at all.
///
/// - Parameter folder: made if it is missing; files of an earlier report in it are replaced.
/// - Throws: `ErdeError` of kind `cannotWrite`, or `badData` when a figure is not finite.
package func writeReport(_ report: CalibrationReport, to folder: String) throws(ErdeError) {
    // Everything is encoded before the first file is touched, so that a report is never half new.
    let files = [
        FileContent(name: ReportFileName.page, bytes: Array(htmlPage(of: report).utf8)),
        FileContent(name: ReportFileName.json, bytes: try report.json()),
        FileContent(name: ReportFileName.protobuf, bytes: try report.protobuf()),
    ]
    try makeFolder(folder)
    try files.write(into: folder)
}

private func makeFolder(_ path: String) throws(ErdeError) {
    var place = path.hasPrefix("/") ? "" : "."
    for component in path.split(separator: "/") {
        place += "/" + component
        if mkdir(place, 0o755) != 0 && errno != EEXIST {
            let reason = String(cString: strerror(errno))
            throw ErdeError(.cannotWrite, place, "cannot be made: \(reason)", remedy: "choose a folder you may write to")
        }
    }
}
