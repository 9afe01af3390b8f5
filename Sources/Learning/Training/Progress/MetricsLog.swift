import Artifacts
import Diagnostics
import FoundationEssentials

/// A file with one line of JSON per epoch, keys sorted.
struct MetricsLog {
    let path: String

    /// Writes the file again with exactly these epochs, so that it never disagrees with the checkpoint beside it.
    func write(_ epochs: [EpochSummary]) throws(ErdeError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var bytes: [UInt8] = []
        do {
            for epoch in epochs { bytes += try encoder.encode(epoch) + [UInt8(ascii: "\n")] }
        } catch {
            throw ErdeError(.cannotWrite, path, "an epoch cannot be written as JSON: \(error)")
        }
        try AtomicFile.write(bytes, to: path)
    }
}
