import Artifacts
import DatasetFile
import Diagnostics
import FileTrees
import Foundation
import Images
import Ingest
import TestSupport
import Testing

@Suite struct ArchiveTests {
    private let goldens = DatasetGoldens.folder

    @Test(arguments: ["set.tar", "set.tar.gz", "set.tar.xz", "set.tar.bz2", "set.zip"])
    func classFoldersInAnArchive(name: String) throws {
        let (report, dataset) = try DatasetGoldens.ingested("\(goldens)/archives/\(name)", IngestOptions())
        #expect(report.sourceKind == .splitFolders)
        #expect(dataset.description.classNames == ["ant", "bee"])
        #expect(Set(DatasetGoldens.rows(of: dataset)) == Set(try DatasetGoldens.rows("archives")))
        #expect(report.imageCount == 12 && report.badImages.isEmpty)
        #expect(report.otherFileCount == 1)
    }

    @Test func archivesSplitAsFoldersDo() throws {
        let folder = try TemporaryFolder()
        try DatasetGoldens.unpack("archives/set.zip", to: folder)
        func sources(_ path: String) throws -> [DatasetSplit: Set<String>] {
            let output = try TemporaryFolder()
            _ = try ingest(source: path, to: output("data.erds"), options: IngestOptions(seed: 5))
            var sources: [DatasetSplit: Set<String>] = [:]
            for split in DatasetSplit.allCases {
                sources[split] = Set(try DatasetReader.sources(of: split, in: output("data.erds")))
            }
            return sources
        }
        #expect(try sources(folder.path) == sources("\(goldens)/archives/set.zip"))
    }

    @Test func oneArchiveInAFolderIsTheSource() throws {
        let folder = try TemporaryFolder()
        try folder.write(try bytes(of: "\(goldens)/cifar-10-batches-bin.tar.xz"), to: "down/cifar-10-binary.tar.xz")
        #expect(try DatasetGoldens.ingested(folder("down")).report.sourceKind == .cifar)
    }

    @Test func anArchiveBesideClassFoldersIsPassedOver() throws {
        let folder = try TemporaryFolder()
        for index in 0..<12 {
            let png = StoredStreams.png(width: 2, height: 2, [1, 2, 3, UInt8(index)])
            try folder.write(png, to: "source/\(index % 2)/\(index).png")
            try folder.write(png, to: "split/train/\(index % 2)/\(index).png")
        }
        let archive = try bytes(of: "\(goldens)/archives/set.zip")
        try folder.write(archive, to: "source/backup.zip")
        try folder.write(archive, to: "split/train/backup.zip")
        #expect(try DatasetGoldens.ingested(folder("source"), IngestOptions()).report.sourceKind == .classFolders)
        #expect(try DatasetGoldens.ingested(folder("split"), IngestOptions()).report.sourceKind == .splitFolders)
    }

    @Test func webDatasetShards() throws {
        let (report, dataset) = try DatasetGoldens.ingested("\(goldens)/webdataset", IngestOptions())
        #expect(report.sourceKind == .webDataset)
        #expect(DatasetGoldens.rows(of: dataset, keepingCalibration: true) == (try DatasetGoldens.rows("webdataset")))
        #expect(dataset.description.counts == [.train: 10, .calibration: 2, .test: 2])
        let named = IngestOptions(calibrationCount: 1, testShare: 0.3, classNames: ["zero", "one"])
        let one = try DatasetGoldens.ingested("\(goldens)/webdataset/set-train-000000.tar", named).dataset
        #expect(one.description.classNames == ["zero", "one"])
        #expect(one.description.counts == [.train: 5, .calibration: 1, .test: 2])
    }

    @Test func labelsOfShardsOutOfRangeAreBadImages() throws {
        let options = IngestOptions(onBadImage: .skip, classNames: ["zero"])
        let error = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested("\(goldens)/webdataset", options) }
        #expect(error?.problem.hasPrefix("one class only") == true)
    }

    @Test(arguments: ["traversal.tar", "absolute.zip"]) func namesThatLeadOutAreRefused(name: String) throws {
        let error = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested("\(goldens)/hostile/\(name)") }
        #expect(error?.kind == .badData)
        #expect(error?.problem.contains("leads out of the archive") == true)
    }

    @Test func foldersInFoldersWithoutEndAreRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "deep/" + String(repeating: "a/", count: 130) + "x.png")
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/bin/tar")
        tar.arguments = ["-cf", folder("deep.tar"), "-C", folder.path, "deep"]
        try tar.run()
        tar.waitUntilExit()
        let error = #expect(throws: ErdeError.self) { try ArchiveTree(folder("deep.tar")) }
        #expect(error?.kind == .badData && error?.problem.contains("parts, more than 4096 or 128") == true)
    }

    @Test func bombsAreRefusedBeforeTheyUnpack() throws {
        let error = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested("\(goldens)/hostile/bomb.tar.bz2") }
        #expect(error?.problem.contains("unpacks to more than 64 MiB") == true)
        // What the archive says of itself is not trusted either.
        let limits = ArchiveLimits(expansion: 1, freeBytes: 100)
        let small = #expect(throws: ErdeError.self) { try ArchiveTree("\(goldens)/archives/set.tar.xz", limits: limits) }
        #expect(small?.problem.contains("unpacks to more") == true)
        let many = #expect(throws: ErdeError.self) {
            try ArchiveTree("\(goldens)/archives/set.tar", limits: ArchiveLimits(entries: 3))
        }
        #expect(many?.problem == "more than 3 entries")
    }

    @Test(arguments: ["set.tar", "set.tar.gz", "set.tar.xz", "set.zip"]) func truncatedArchivesAreExplained(name: String) throws {
        let folder = try TemporaryFolder()
        let sound = try bytes(of: "\(goldens)/archives/\(name)")
        for count in [sound.count / 2 + 77, sound.count / 3, 700, 40] {
            try folder.write(Array(sound.prefix(count)), to: name)
            let error = #expect(throws: ErdeError.self) {
                try DatasetGoldens.ingested(folder(name), IngestOptions(onBadImage: .skip))
            }
            #expect(error?.description.contains("\n") == false)
        }
    }

    @Test func aDamagedEntryIsABadImage() throws {
        let folder = try TemporaryFolder()
        var archive = try bytes(of: "\(goldens)/archives/set.zip")
        // Local headers follow each other: signature, 22 bytes on the sizes, then the name, then the compressed bytes.
        func number(_ offset: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(archive[offset + $1]) << (8 * $1) } }
        var header = 0
        func name() -> String { String(decoding: archive[(header + 30)..<(header + 30 + number(header + 26, 2))], as: UTF8.self) }
        while !name().hasSuffix(".png") || name().contains("/.") {
            header += 30 + number(header + 26, 2) + number(header + 18, 4)
        }
        let data = header + 30 + number(header + 26, 2)
        for offset in 20..<40 { archive[data + offset] ^= 0x5A }
        try folder.write(archive, to: "set.zip")
        let report = try DatasetGoldens.ingested(folder("set.zip"), IngestOptions(onBadImage: .skip)).report
        #expect(report.badImages.count == 1)
        #expect(report.imageCount == 12)
        let error = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder("set.zip")) }
        #expect(error?.subject.contains("set.zip/set/") == true)
    }

    @Test func namesAreUTF8WhateverTheLocale() throws {
        for name in ["set.tar", "set.zip"] {
            let tree = try ArchiveTree("\(goldens)/archives/\(name)")
            #expect(try tree.entries(of: "set/train").files == ["größe.txt"])
            #expect(try tree.contents(of: "set/train/größe.txt", limit: 100) == Array("no image".utf8))
            #expect(throws: ErdeError.self) { try tree.contents(of: "set/train/ant/0.png", limit: 10) }
            #expect(throws: ErdeError.self) { try tree.entries(of: "set/nowhere") }
        }
    }

    @Test func aFileThatIsNoArchiveIsRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("PK\u{3}\u{4} and nothing else".utf8), to: "a.zip")
        #expect(#expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder("a.zip")) }?.kind == .badData)
        try folder.write([0x1F, 0x8B, 8, 0, 1, 2, 3], to: "a.tar.gz")
        #expect(#expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder("a.tar.gz")) }?.kind == .badData)
    }
}
