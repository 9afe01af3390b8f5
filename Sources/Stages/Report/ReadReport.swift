package import Artifacts
package import Diagnostics
import FoundationEssentials
import ReportFile

/// Reads the report in a folder, from its JSON file.
///
/// - Throws: `ErdeError` of kind `notFound` or `badData`.
package func readReport(from folder: String) throws(ErdeError) -> CalibrationReport {
    let path = "\(folder)/\(ReportFileName.json)"
    guard let bytes = FileManager.default.contents(atPath: path) else {
        throw ErdeError(.notFound, path, "cannot be opened", remedy: "name the folder that holds \(ReportFileName.json)")
    }
    return try CalibrationReport(json: bytes, name: path)
}
