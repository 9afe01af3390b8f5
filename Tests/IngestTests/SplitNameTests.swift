import Artifacts
import Diagnostics
import Ingest
import TestSupport
import Testing

/// Folders and lists that are called like splits.
@Suite struct SplitNameTests {
    private func fill(_ folder: TemporaryFolder, _ name: String, count: Int) throws {
        let salt = UInt8(truncatingIfNeeded: name.utf8.reduce(7) { $0 &* 31 &+ Int($1) })
        for index in 0..<count {
            let png = StoredStreams.png(width: 2, height: 2, [salt, 2, UInt8(index * 20), 3])
            try folder.write(png, to: "source/\(name)/\(index).png")
        }
    }

    @Test(arguments: [
        ["train", "test"], ["train", "test1"], ["train_images", "test_images"], ["Training", "val", "test"],
        ["train2017", "val2017"],
    ]) func foldersOfSplitsAreNoClasses(names: [String]) throws {
        let folder = try TemporaryFolder()
        for name in names { try fill(folder, name, count: 6) }
        try folder.write(Array("0.png,cat\n1.png,dog\n".utf8), to: "source/labels.csv")
        let error = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder("source")) }
        #expect(error?.kind == .badData && error?.problem.hasSuffix("\(names[0])/ holds no class folders") == true)
    }

    @Test func splitsWithoutOneToTrainOnAreNoClasses() throws {
        let folder = try TemporaryFolder()
        for name in ["val/cat", "val/dog", "test/cat", "test/dog"] { try fill(folder, name, count: 6) }
        let error = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder("source")) }
        #expect(error?.problem == "val/ and test/ look like splits, and there is none to train on")
    }

    @Test(arguments: [
        ("train", "test_set"), ("training_set", "test_set"), ("seg_train", "seg_test"), ("trainset", "testset"),
        ("train_images", "test_images"), ("Train-Data", "Test-Data"), ("train2017", "test2017"), ("set_train", "datatest"),
    ]) func aWordMoreLeavesASplitASplit(train: String, test: String) throws {
        let folder = try TemporaryFolder()
        for label in ["cat", "dog"] {
            try fill(folder, "\(train)/\(label)", count: 8)
            try fill(folder, "\(test)/\(label)", count: 3)
        }
        let (report, dataset) = try DatasetGoldens.ingested(folder("source"))
        #expect(report.sourceKind == .splitFolders && dataset.description.classNames == ["cat", "dog"])
        #expect(dataset.description.counts == [.train: 15, .calibration: 1, .test: 6])
    }

    @Test func listsOfSplitsLeaveOutTheListOfAll() throws {
        let folder = try TemporaryFolder()
        try fill(folder, "all", count: 12)
        func write(_ range: Range<Int>, to name: String) throws {
            let rows = range.map { "all/\($0).png,\($0 % 2 == 0 ? "even" : "odd")\n" }
            try folder.write(Array(rows.joined().utf8), to: "source/\(name)")
        }
        try write(0..<8, to: "trainset.csv")
        try write(8..<12, to: "testset.csv")
        let sets = try DatasetGoldens.ingested(folder("source")).dataset
        #expect(sets.description.counts == [.train: 7, .calibration: 1, .test: 4])
        try write(0..<12, to: "labels.csv")
        let (report, dataset) = try DatasetGoldens.ingested(folder("source"))
        #expect(dataset.description.counts == sets.description.counts)
        #expect(report.warnings.contains("labels.csv: left out, because the splits have lists of their own"))
    }
}
