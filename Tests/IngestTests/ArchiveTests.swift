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

    /// Twelve images of two classes.
    private func entries(_ first: [UInt8] = Array("ant".utf8), _ second: [UInt8] = Array("bee".utf8)) -> [StoredArchives.Entry] {
        (0..<12).map { index in
            StoredArchives.Entry(
                name: (index % 2 == 0 ? first : second) + Array("/\(index).png".utf8),
                StoredStreams.png(width: 2, height: 2, [9, 8, 7, UInt8(index * 20)]))
        }
    }

    @Test func namesThatAreNotUTF8AreRefused() throws {
        let folder = try TemporaryFolder()
        // Bär and Bör as DOS wrote them: read as text, both would be B, a mark of doubt and r.
        let named = entries([0x42, 0x84, 0x72], [0x42, 0x94, 0x72])
        for (name, bytes) in [("dos.zip", StoredArchives.zip(named)), ("dos.tar", StoredArchives.tar(named))] {
            try folder.write(bytes, to: name)
            let error = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder(name)) }
            #expect(error?.kind == .badData && error?.problem == "has a name that is not UTF-8")
            #expect(error?.subject.contains("\\x84") == true)
        }
        try folder.write(StoredArchives.zip(entries()), to: "plain.zip")
        #expect(try DatasetGoldens.ingested(folder("plain.zip")).dataset.description.classNames == ["ant", "bee"])
    }

    @Test func linksThatAreCalledLikeImagesAreToldOf() throws {
        let folder = try TemporaryFolder()
        let links = ["ant/a.png", "bee/b.png", "bee/c.txt"].map { StoredArchives.Entry($0, target: "ant/0.png") }
        try folder.write(StoredArchives.tar(entries() + links), to: "set.tar")
        let report = try DatasetGoldens.ingested(folder("set.tar")).report
        #expect(report.imageCount == 12)
        #expect(report.warnings.contains("2 links in archives, called like images, were passed over"))
        let alone = entries() + [StoredArchives.Entry("cat/a.png", target: "ant/0.png")]
        try folder.write(StoredArchives.tar(alone), to: "set.tar")
        let error = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder("set.tar")) }
        #expect(error?.problem == "no images in this class, but links" && error?.subject.hasSuffix("set.tar/cat") == true)
    }

    @Test func oldTarArchivesAreRecognised() throws {
        let folder = try TemporaryFolder()
        let old = StoredArchives.tar(entries(), isMarked: false)
        try folder.write(old, to: "old")
        #expect(try DatasetGoldens.ingested(folder("old")).report.imageCount == 12)
        var damaged = Array(old.prefix(512))
        #expect(ArchiveContent.isTar(damaged))
        damaged[3] ^= 1
        #expect(!ArchiveContent.isTar(damaged) && !ArchiveContent.isTar([UInt8](repeating: 0, count: 512)))
    }

    @Test func encryptedEntriesAreCalledSo() throws {
        let folder = try TemporaryFolder()
        try folder.write(StoredArchives.zip(entries(), isEncrypted: true), to: "secret.zip")
        let report = try Ingest.check(source: folder("secret.zip")).check
        #expect(report.findings.findings.flatMap(\.examples).contains { $0.note == "is encrypted" })
    }

    /// What is not kept is read again.
    @Test func littleRoomChangesNothing() throws {
        let folder = try TemporaryFolder()
        let files = (0..<5).map { StoredArchives.Entry("set/\($0).json", [UInt8](repeating: UInt8(0x30 + $0), count: 700 * $0)) }
        try folder.write(StoredArchives.tar(files), to: "set.tar")
        let names = [4, 0, 2, 3, 1].map { "set/\($0).json" }
        let kept = try ArchiveTree(folder("set.tar"))
        for room in [0, 1500] {
            let tree = try ArchiveTree(folder("set.tar"), limits: ArchiveLimits(keptBytes: room))
            #expect(try tree.heads(of: names) == kept.heads(of: names))
            #expect(try tree.contents(of: names, limit: 4000) == kept.contents(of: names, limit: 4000))
        }
        #expect(try kept.heads(of: names).map(\.count) == [512, 0, 512, 512, 512])
        #expect(try kept.contents(of: names, limit: 4000).map(\.count) == [2800, 0, 1400, 2100, 700])
    }

    @Test func aSingleShardHasItsSplitAndItsClassNames() throws {
        let folder = try TemporaryFolder()
        let shard = (0..<12).flatMap { index in
            [
                StoredArchives.Entry("\(index).png", StoredStreams.png(width: 2, height: 2, [9, 8, 7, UInt8(index * 20)])),
                StoredArchives.Entry("\(index).cls", Array("\(index % 2 * 2)".utf8)),
            ]
        }
        try folder.write(StoredArchives.tar(shard), to: "set/0001.tar")
        try folder.write([0xEF, 0xBB, 0xBF] + Array("ant\r\nfly\r\nbee\r\n\r\n".utf8), to: "set/classnames.txt")
        let (report, dataset) = try DatasetGoldens.ingested(folder("set"))
        #expect(report.sourceKind == .webDataset)
        // Names that no image has are left out.
        #expect(dataset.description.classNames == ["ant", "bee"])
        try folder.write(Array("ant\n\nbee\n".utf8), to: "set/classnames.txt")
        let empty = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder("set")) }
        #expect(empty?.problem == "line 2 is empty" && empty?.subject == folder("set/classnames.txt"))
        try folder.write(StoredArchives.tar(shard), to: "other/val/0001.tar")
        let untrained = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder("other")) }
        #expect(untrained?.problem == "no training images in 1 shard")
    }

    @Test func aFileThatIsNoArchiveIsRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("PK\u{3}\u{4} and nothing else".utf8), to: "a.zip")
        #expect(#expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder("a.zip")) }?.kind == .badData)
        try folder.write([0x1F, 0x8B, 8, 0, 1, 2, 3], to: "a.tar.gz")
        #expect(#expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder("a.tar.gz")) }?.kind == .badData)
    }
}
