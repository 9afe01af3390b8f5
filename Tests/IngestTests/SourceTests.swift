import Artifacts
import DatasetFile
import Diagnostics
import Images
import Ingest
import TestSupport
import Testing

/// Datasets in the forms that they are published in, against values that the generator wrote.
@Suite struct SourceTests {
    private let goldens = DatasetGoldens.folder

    @Test func cifarTenBinary() throws {
        let folder = try TemporaryFolder()
        try DatasetGoldens.unpack("cifar-10-batches-bin.tar.xz", to: folder)
        let expected = try DatasetGoldens.rows("cifar-10")
        for path in [folder("cifar-10-batches-bin"), folder.path, "\(goldens)/cifar-10-batches-bin.tar.xz"] {
            let (report, dataset) = try DatasetGoldens.ingested(path)
            #expect(report.sourceKind == .cifar)
            #expect(dataset.description.image == ImageFormat(channels: 3, height: 32, width: 32))
            #expect(dataset.description.classNames.prefix(2) == ["airplane", "automobile"])
            #expect(dataset.description.counts == [.train: 10, .calibration: 1, .test: 3])
            #expect(DatasetGoldens.rows(of: dataset) == expected)
        }
    }

    @Test func cifarHundredBinaryHasTwoLabelSets() throws {
        let path = "\(goldens)/cifar-100-binary.tar.xz"
        let fine = try DatasetGoldens.ingested(path).dataset
        #expect(DatasetGoldens.rows(of: fine) == (try DatasetGoldens.rows("cifar-100")))
        let coarse = try DatasetGoldens.ingested(path, IngestOptions(calibrationCount: 1, labelSet: .coarse)).dataset
        #expect(coarse.description.classNames.count == 20)
        #expect(DatasetGoldens.rows(of: coarse) == (try DatasetGoldens.rows("cifar-100-coarse")))
        let names = #expect(throws: ErdeError.self) {
            try DatasetGoldens.ingested(path, IngestOptions(classNames: ["one", "two"]))
        }
        #expect(names?.kind == .usage && names?.problem == "2 names, expected 100 different ones")
    }

    @Test func labelsOfCIFAROutOfRangeAreBadImages() throws {
        let folder = try TemporaryFolder()
        try DatasetGoldens.unpack("cifar-10-batches-bin.tar.xz", to: folder)
        let path = "cifar-10-batches-bin/data_batch_1.bin"
        var batch = try bytes(of: folder(path))
        batch += [10] + batch[1..<3073]
        try folder.write(batch, to: path)
        let error = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder.path) }
        #expect(error?.problem == "label 10, expected 0 to 9")
        let report = try DatasetGoldens.ingested(folder.path, IngestOptions(onBadImage: .skip, calibrationCount: 1)).report
        #expect(
            report.badImages == [
                IngestReport.BadImage(path: "data_batch_1.bin#5", reason: "label 10, expected 0 to 9", kind: .label)
            ])
        try folder.write(Array(batch.dropLast(7)), to: path)
        let cut = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder.path) }
        #expect(cut?.problem == "18431 bytes are not whole records of 3073")
    }

    @Test(arguments: ["emnist", "archives/emnist.zip"]) func emnistIsTurnedUpright(source: String) throws {
        let options = IngestOptions(calibrationCount: 1, subset: "letters")
        let (report, dataset) = try DatasetGoldens.ingested("\(goldens)/\(source)", options)
        #expect(report.sourceKind == .idx)
        #expect(dataset.description.image == ImageFormat(channels: 1, height: 6, width: 4))
        #expect(dataset.description.classNames == ["A", "B", "C"])
        #expect(DatasetGoldens.rows(of: dataset) == (try DatasetGoldens.rows("emnist")))
        #expect(report.notes.contains("images: transposed, as EMNIST stores them"))

        let upright = IngestOptions(calibrationCount: 1, orientation: .upright, subset: "letters")
        #expect(
            try DatasetGoldens.ingested("\(goldens)/\(source)", upright).dataset.description.image
                == ImageFormat(channels: 1, height: 4, width: 6))
        let several = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested("\(goldens)/\(source)") }
        #expect(several?.remedy?.contains("--subset") == true)
        let none = #expect(throws: ErdeError.self) {
            try DatasetGoldens.ingested("\(goldens)/\(source)", IngestOptions(subset: "mnist-z"))
        }
        #expect(none?.kind == .usage)
    }

    @Test func whatDoesNotFitTheSourceIsRefused() throws {
        let folder = try TemporaryFolder()
        for name in ["x", "y"] {
            for index in 0..<5 {
                try folder.write(
                    StoredStreams.png(width: 1, height: 1, [UInt8(index)]), to: "source/\(name)/\(index).png")
            }
        }
        let subset = #expect(throws: ErdeError.self) {
            try DatasetGoldens.ingested(folder("source"), IngestOptions(subset: "letters"))
        }
        #expect(subset?.kind == .usage && subset?.subject == "--subset")
        let idx = #expect(throws: ErdeError.self) {
            try DatasetGoldens.ingested(folder("source"), IngestOptions(format: .idx))
        }
        #expect(idx?.problem == "no IDX files")
        _ = try ingest(source: folder("source"), to: folder("data.erds"))
        let twice = #expect(throws: ErdeError.self) { _ = try ingest(source: folder("data.erds"), to: folder("again.erds")) }
        #expect(twice?.problem == "is a dataset already")
    }

    @Test(arguments: ["tiny-imagenet-200", "archives/tiny-imagenet-200.zip"]) func tinyImageNet(source: String) throws {
        let (report, dataset) = try DatasetGoldens.ingested("\(goldens)/\(source)", IngestOptions())
        #expect(report.sourceKind == .tinyImageNet)
        #expect(dataset.description.classNames == ["goldfish", "Egyptian cat", "crane"])
        #expect(dataset.description.counts == [.train: 3, .calibration: 3, .test: 3])
        var found: [DatasetGoldens.Row] = []
        for split in DatasetSplit.allCases {
            let samples = dataset.samples(split)
            for index in 0..<samples.count {
                let colour = samples.withPixels(at: index) { [Int($0[0]), Int($0[4096]), Int($0[8192])] }
                found.append(
                    DatasetGoldens.Row(
                        split: split == .calibration ? "train" : split.rawValue,
                        label: dataset.description.classNames[Int(samples.labels[index])], check: nil, colour: colour))
            }
        }
        let expected = try DatasetGoldens.rows("tiny-imagenet")
        #expect(found.count == expected.count)
        for row in expected {
            // JPEG moves a colour by a level or two.
            #expect(
                found.contains { other in
                    other.label == row.label && other.split == row.split
                        && zip(other.colour ?? [], row.colour ?? []).allSatisfy { abs($0 - $1) <= 3 }
                }, "\(row)")
        }
    }

    @Test(arguments: ["labels.csv", "blanks.txt", "tabs.tsv"]) func lists(name: String) throws {
        // One of them says what is to test on.
        let options = IngestOptions(testShare: name == "labels.csv" ? nil : 0.25)
        let (report, dataset) = try DatasetGoldens.ingested("\(goldens)/lists/\(name)", options)
        #expect(report.sourceKind == .list)
        #expect(dataset.description.classNames == (name == "tabs.tsv" ? ["name 10", "name 9"] : ["9", "10"]))
        #expect(dataset.description.counts[.test] == 2)
        let expected = Set(
            try DatasetGoldens.rows("lists").map { "\(name == "tabs.tsv" ? "name " : "")\($0.label) \($0.check ?? 0)" })
        #expect(Set(DatasetGoldens.rows(of: dataset).map { "\($0.label) \($0.check ?? 0)" }) == expected)
        if name == "labels.csv" {
            #expect(
                Set(DatasetGoldens.rows(of: dataset).filter { $0.split == "test" })
                    == Set(try DatasetGoldens.rows("lists").filter { $0.split == "test" }))
        }
    }

    @Test func aListInAFolderIsFound() throws {
        let folder = try TemporaryFolder()
        for index in 0..<12 {
            try folder.write(StoredStreams.png(width: 2, height: 2, [1, 2, 3, UInt8(index)]), to: "source/all/\(index).png")
        }
        let rows = (0..<12).map { "all/\($0).png,\($0 % 2 == 0 ? "even" : "odd")" }
        try folder.write(Array(rows.joined(separator: "\n").utf8), to: "source/train.csv")
        try folder.write(Array("A folder of images.".utf8), to: "source/README.txt")
        let (report, dataset) = try DatasetGoldens.ingested(folder("source"), IngestOptions())
        #expect(report.sourceKind == .list && report.imageCount == 12)
        #expect(dataset.description.classNames == ["even", "odd"])
    }

    @Test func listsThatPointNowhereAreExplained() throws {
        let folder = try TemporaryFolder()
        for index in 0..<12 {
            try folder.write(StoredStreams.png(width: 2, height: 2, [1, 2, 3, UInt8(index)]), to: "source/\(index).png")
        }
        let rows = (0..<12).map { "\($0).png \($0 % 2)" } + ["gone.png 1", "../source/0.png 0", "\(folder("source"))/1.png 1"]
        try folder.write(Array(rows.joined(separator: "\n").utf8), to: "source/list.txt")
        func bad(_ source: String) throws -> [String] {
            try DatasetGoldens.ingested(folder(source), IngestOptions(onBadImage: .skip)).report.badImages.map(\.path)
        }
        // A list named by the user may reach anywhere; one that merely lies in a folder may not.
        #expect(try bad("source/list.txt") == ["gone.png"])
        #expect(try bad("source") == ["gone.png", "../source/0.png", "\(folder("source"))/1.png"])
        try folder.write(Array("0.png 1\nlonely\n".utf8), to: "source/list.txt")
        let error = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder("source/list.txt")) }
        #expect(error?.problem == "line 2: \"lonely\" is not a path and a label")
        try folder.write(Array("nothing.png 1\nno.png 2\n".utf8), to: "source/list.txt")
        let none = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder("source/list.txt")) }
        #expect(none?.problem.contains("nothing.png: in the list, but not there") == true)
    }

    @Test func aFormatCanBeForced() throws {
        let folder = try TemporaryFolder()
        for index in 0..<12 {
            try folder.write(
                StoredStreams.png(width: 2, height: 2, [1, 2, 3, UInt8(index)]), to: "source/\(index % 2)/\(index).png")
        }
        let rows = (0..<12).map { "\($0 % 2)/\($0).png,\($0 % 3)" }
        try folder.write(Array(rows.joined(separator: "\n").utf8), to: "source/labels.csv")
        #expect(try DatasetGoldens.ingested(folder("source"), IngestOptions()).report.sourceKind == .classFolders)
        let forced = try DatasetGoldens.ingested(folder("source"), IngestOptions(format: .list)).dataset
        #expect(forced.description.classNames == ["0", "1", "2"])
        for format in [SourceFormat.cifar, .tinyImageNet, .idx, .webDataset] {
            let error = #expect(throws: ErdeError.self) {
                try DatasetGoldens.ingested(folder("source"), IngestOptions(format: format))
            }
            #expect(error?.kind == .badData)
        }
    }
}
