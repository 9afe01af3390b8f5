package import Artifacts
package import Diagnostics
import FoundationEssentials

extension CalibrationReport {
    /// The report as JSON with sorted keys.
    ///
    /// - Throws: `ErdeError` of kind `badData` when a figure is not finite.
    package func json() throws(ErdeError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self)) + [10]
        } catch {
            throw ErdeError(.badData, "calibration report", "cannot be written as JSON: \(error)")
        }
    }

    /// Reads a report from JSON.
    ///
    /// - Parameter name: the file the text comes from.
    /// - Throws: `ErdeError` of kind `badData` that names the file.
    package init(json bytes: some Sequence<UInt8>, name: String) throws(ErdeError) {
        do {
            self = try JSONDecoder().decode(CalibrationReport.self, from: Data(bytes))
        } catch {
            throw ErdeError(
                .badData, name, "is not a calibration report", remedy: "run `erde calibrate` to write it again")
        }
        guard formatVersion == 1 else {
            throw ErdeError(
                .badData, name, "has format version \(formatVersion); expected 1", remedy: "use a newer erde to read it")
        }
    }
}
