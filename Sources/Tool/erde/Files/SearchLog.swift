import Architectures
import Artifacts
import Diagnostics
import Execution
import FoundationEssentials

/// The file in which a search for a student keeps what it has measured: a line of JSON about the search, then one per training.
struct SearchLog {
    /// All that decides what the trainings come to.
    struct Header: Codable, Hashable {
        var version: String
        /// SHA-256 of its file.
        var teacher: String
        /// Its fingerprint.
        var dataset: String
        var targetMACs: Double
        var candidates: [String]
        var rounds: [SuccessiveHalving.Round]
        var training: TrainingRecipe
        var distillation: DistillationRecipe
        var score: GateScore
        var precision: Precision
    }

    /// What one short training came to.
    struct Entry: Codable, Hashable {
        var architecture: String
        /// From 0 on.
        var round: Int
        /// Training images seen, repetitions counted.
        var images: Int
        /// With thresholds fitted to the same images, 0…1.
        var calibrationAccuracy: Double
        var calibrationMeanMACs: Double
        var seconds: Double
        /// Whether the training ended in numbers that are not finite; left out where it did not.
        var diverged: Bool?
    }

    let path: String
    private let header: Header
    private(set) var entries: [Entry] = []

    /// - Parameter resume: reads what is there; otherwise the file is begun anew.
    /// - Throws: `ErdeError` of kind `usage` when what is there belongs to another search, `badData` when it is damaged.
    init(path: String, header: Header, resume: Bool) throws(ErdeError) {
        self.path = path
        self.header = header
        if resume, InputFile.size(path) != nil {
            let lines = try InputFile.bytes(path).split(separator: UInt8(ascii: "\n"))
            do {
                guard let first = lines.first, try JSONDecoder().decode(Header.self, from: Data(first)) == header else {
                    throw ErdeError(
                        .usage, path, "the search was begun with other options, another teacher or other data",
                        remedy: "give the same options again, or start without --resume")
                }
                entries = try lines.dropFirst().map { try JSONDecoder().decode(Entry.self, from: Data($0)) }
            } catch let error as ErdeError {
                throw error
            } catch {
                throw ErdeError(.badData, path, "cannot be read: \(error)", remedy: "start without --resume")
            }
        }
        try write()
    }

    func entry(_ architecture: String, round: Int) -> Entry? {
        entries.first { $0.architecture == architecture && $0.round == round }
    }

    /// Adds an entry and writes the file anew.
    mutating func add(_ entry: Entry) throws(ErdeError) {
        entries.append(entry)
        try write()
    }

    private func write() throws(ErdeError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var bytes: [UInt8] = []
        do {
            bytes += try encoder.encode(header) + [UInt8(ascii: "\n")]
            for entry in entries { bytes += try encoder.encode(entry) + [UInt8(ascii: "\n")] }
        } catch {
            throw ErdeError(.cannotWrite, path, "cannot be written as JSON: \(error)")
        }
        try AtomicFile.write(bytes, to: path)
    }
}
