import Artifacts
import DatasetFile
import Diagnostics
import FileTrees
import Foundation
import Images
import Ingest
import TestSupport
import Testing

/// What `Goldens/datasets/generate.py` wrote, and what it says its pixels and labels are.
enum DatasetGoldens {
    struct Row: Decodable, Hashable {
        let split: String
        let label: String
        /// A digest of the planes; nil where JPEG leaves the pixels open.
        let check: UInt32?
        /// The one colour of a JPEG.
        let colour: [Int]?
    }

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Goldens/datasets").path

    static func rows(_ name: String) throws -> [Row] {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/expected.json"))
        return try #require(try JSONDecoder().decode([String: [Row]].self, from: data)[name])
    }

    /// The bytes weighted by their positions, as the generator computes it.
    static func check(_ planes: [UInt8]) -> UInt32 {
        let sum = planes.enumerated().reduce(UInt64(0)) { sum, element in
            sum &+ UInt64(element.element) * (UInt64(element.offset) * 2_654_435_761 % 4_294_967_291)
        }
        return UInt32(truncatingIfNeeded: sum)
    }

    /// The images of a dataset with the split that its source had: calibration counts as training.
    static func rows(of dataset: Dataset, keepingCalibration: Bool = false) -> [Row] {
        DatasetSplit.allCases.flatMap { split in
            let samples = dataset.samples(split)
            let name = split == .calibration && !keepingCalibration ? "train" : split.rawValue
            return (0..<samples.count).map { index in
                let planes = samples.withPixels(at: index) { Array($0) }
                return Row(
                    split: name, label: dataset.description.classNames[Int(samples.labels[index])], check: check(planes),
                    colour: nil)
            }
        }
    }

    /// Ingests one of the sources and opens the result.
    static func ingested(
        _ path: String, _ options: IngestOptions = IngestOptions(calibrationCount: 1)
    ) throws -> (report: IngestReport, dataset: Dataset) {
        let folder = try TemporaryFolder()
        let report = try ingest(source: path, to: folder("data.erds"), options: options)
        return (report, try DatasetReader.open(folder("data.erds")))
    }

    /// Writes the files of an archive into a folder.
    static func unpack(_ archive: String, to folder: TemporaryFolder) throws {
        let stream = try ArchiveStream("\(Self.folder)/\(archive)")
        while let entry = try stream.next() {
            if entry.isFile, !entry.name.hasPrefix("__MACOSX") {
                try folder.write(try stream.contents(limit: 1 << 24), to: entry.name)
            }
        }
    }
}
