import Artifacts
import Diagnostics
import Ingest
import TestSupport
import Testing

/// Options that are nothing to the source they are given for, and files that are nothing to it.
@Suite struct IdleOptionTests {
    private func fill(_ folder: TemporaryFolder, _ name: String, count: Int = 10) throws {
        for label in ["cat", "dog"] {
            for index in 0..<count {
                let salt = UInt8(truncatingIfNeeded: name.utf8.reduce(label.utf8.count) { $0 &* 31 &+ Int($1) })
                let png = StoredStreams.png(width: 2, height: 2, [salt, label == "cat" ? 1 : 2, UInt8(index * 12), 3])
                try folder.write(png, to: "source/\(name)\(label)/\(index).png")
            }
        }
    }

    private func refusal(_ source: String, _ options: IngestOptions) -> ErdeError? {
        let error = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(source, options) }
        #expect(error?.kind == .usage)
        return error
    }

    @Test func optionsOfOtherSourcesAreRefused() throws {
        let folder = try TemporaryFolder()
        try fill(folder, "")
        #expect(refusal(folder("source"), IngestOptions(labelSet: .coarse))?.subject == "--labels")
        #expect(refusal(folder("source"), IngestOptions(orientation: .upright))?.subject == "--orientation")
        for name in ["cifar-10-batches-bin", "cifar-10-batches-py"] {
            let coarse = IngestOptions(calibrationCount: 1, labelSet: .coarse)
            #expect(refusal("\(DatasetGoldens.folder)/\(name).tar.xz", coarse)?.subject == "--labels")
        }
    }

    @Test func optionsForSplitsThatAreThereAreRefused() throws {
        let folder = try TemporaryFolder()
        for split in ["train", "val", "test"] { try fill(folder, "\(split)/") }
        #expect(refusal(folder("source"), IngestOptions(calibrationCount: 2))?.subject == "--calibration-count")
        #expect(refusal(folder("source"), IngestOptions(calibrationShare: 0.2))?.subject == "--calibration-share")
        #expect(refusal(folder("source"), IngestOptions(testShare: 0.2))?.subject == "--test-share")
    }

    @Test func usualSharesCountOnlyWhereTheyAreTaken() throws {
        let folder = try TemporaryFolder()
        for split in ["train", "test"] { try fill(folder, "\(split)/", count: 20) }
        // 0.9 and the usual 0.2 would be too much, but there is a test split.
        let dataset = try DatasetGoldens.ingested(folder("source"), IngestOptions(calibrationShare: 0.9)).dataset
        #expect(dataset.description.counts == [.train: 4, .calibration: 36, .test: 40])
        let whole = try TemporaryFolder()
        try fill(whole, "", count: 20)
        #expect(refusal(whole("source"), IngestOptions(calibrationShare: 0.9))?.problem.hasPrefix("together 1.1") == true)
        #expect(refusal(whole("source"), IngestOptions(testShare: 0.95))?.problem.hasPrefix("together 1.0") == true)
        let counted = IngestOptions(calibrationCount: 2, testShare: 0.9)
        #expect(try DatasetGoldens.ingested(whole("source"), counted).dataset.description.counts[.calibration] == 2)
    }

    @Test(arguments: ["", "train/"]) func filesOfArraysBesideClassFoldersArePassedOver(layer: String) throws {
        let folder = try TemporaryFolder()
        try fill(folder, layer)
        try folder.write([0x80, 2] + Array("}(U\u{4}dataU\u{5}labelu.".utf8), to: "source/cache.pkl")
        try folder.write(
            Array("MATLAB 5.0 MAT-file".utf8) + [UInt8](repeating: 32, count: 105) + [1, 0, 0x4D, 0x49], to: "source/splits.mat")
        let report = try DatasetGoldens.ingested(folder("source")).report
        #expect(report.sourceKind == (layer.isEmpty ? .classFolders : .splitFolders) && report.imageCount == 20)
    }

    @Test func foldersWithoutImagesBesideArraysArePassedOver() throws {
        let folder = try TemporaryFolder()
        try DatasetGoldens.unpack("cifar-10-batches-py.tar.xz", to: folder)
        for name in ["code", "notes"] { try folder.write([1], to: "cifar-10-batches-py/\(name)/a.txt") }
        #expect(try DatasetGoldens.ingested(folder("cifar-10-batches-py")).report.sourceKind == .cifar)
    }
}
