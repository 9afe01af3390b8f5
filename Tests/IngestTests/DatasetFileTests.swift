import Artifacts
import DatasetFile
import Diagnostics
import TestSupport
import Testing

@Suite struct DatasetFileTests {
    private let image = ImageFormat(channels: 3, height: 5, width: 7, resizing: .centerCrop)
    private let classNames = ["boot", "Türe", "zebra 7"]

    private func pixels(_ split: DatasetSplit, _ index: Int) -> [UInt8] {
        (0..<image.byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index &* 7 &+ split.rawValue.count) }
    }

    private let counts: [DatasetSplit: Int] = [.train: 11, .calibration: 3, .test: 1]

    private func source(_ split: DatasetSplit, _ index: Int) -> String { "\(split.rawValue)/bo\not/ä\(index).png" }

    /// Writes images one by one for training and in one piece for the others.
    @discardableResult
    private func write(to path: String, firstLabel: Int32 = 0) throws -> String {
        var writer = try DatasetWriter(path: path, classNames: classNames, image: image)
        for split in DatasetSplit.allCases {
            try writer.begin(split)
            let all = Array(0..<counts[split]!)
            for piece in split == .train ? all.map({ [$0] }) : [all] {
                let images = piece.map { pixels(split, $0) }
                try images.flatMap { $0 }.withUnsafeBytes { bytes in
                    try writer.append(
                        pixels: bytes, labels: piece.map { Int32($0 % 3) == 0 ? firstLabel : Int32($0 % 3) },
                        sources: piece.map { source(split, $0) }, digests: images.map { SHA256.digest(of: $0) })
                }
            }
        }
        return try writer.finish(
            DatasetDescription(
                classNames: classNames, image: image, mean: [0.1, 0.25, 0.5], standardDeviation: [1, 0.3, 0.2], counts: [:],
                source: "/somewhere/é", seed: .max))
    }

    @Test func everythingComesBack() throws {
        let folder = try TemporaryFolder()
        let path = folder("data.erds")
        let fingerprint = try write(to: path)
        let dataset = try DatasetReader.open(path)
        #expect(dataset.fingerprint == fingerprint)
        #expect(fingerprint.count == 64)
        #expect(dataset.description.classNames == classNames)
        #expect(dataset.description.image == image)
        #expect(dataset.description.mean == [0.1, 0.25, 0.5])
        #expect(dataset.description.standardDeviation == [1, 0.3, 0.2])
        #expect(dataset.description.counts == counts)
        #expect(dataset.description.source == "/somewhere/é")
        #expect(dataset.description.seed == .max)
        for split in DatasetSplit.allCases {
            let samples = dataset.samples(split)
            #expect(samples.labels == (0..<counts[split]!).map { Int32($0 % 3) })
            for index in 0..<samples.count {
                let stored = samples.withPixels(at: index) { Array($0) }
                #expect(stored == pixels(split, index), "\(split) \(index)")
            }
            #expect(samples.withPixels(at: 0) { Int(bitPattern: $0.baseAddress) % 64 } == 0)
            #expect(try DatasetReader.sources(of: split, in: path) == (0..<samples.count).map { source(split, $0) })
        }
        let described = try DatasetReader.describe(path)
        #expect(described.description == dataset.description)
        #expect(described.fingerprint == fingerprint)
    }

    @Test func samplesOutliveTheDataset() throws {
        let folder = try TemporaryFolder()
        try write(to: folder("data.erds"))
        let test = try DatasetReader.open(folder("data.erds")).test
        #expect(test.withPixels(at: 0) { Array($0) } == pixels(.test, 0))
    }

    @Test func fingerprintsFollowTheContent() throws {
        let folder = try TemporaryFolder()
        let first = try write(to: folder("a.erds"))
        #expect(try write(to: folder("b.erds")) == first)
        #expect(try bytes(of: folder("a.erds")) == bytes(of: folder("b.erds")))
        #expect(try write(to: folder("c.erds"), firstLabel: 2) != first)
    }

    @Test func anUnfinishedFileDoesNotAppear() throws {
        let folder = try TemporaryFolder()
        do {
            var writer = try DatasetWriter(path: folder("data.erds"), classNames: classNames, image: image)
            try writer.begin(.train)
        }
        #expect(!folder.exists("data.erds"))
        #expect(throws: ErdeError.self) { try write(to: folder("absent/data.erds")) }
    }

    @Test func everyTruncationIsFound() throws {
        let folder = try TemporaryFolder()
        try write(to: folder("data.erds"))
        let file = try bytes(of: folder("data.erds"))
        for count in Set(stride(from: 0, to: file.count, by: 61)).union([1, 7, 8, 12, 63, 64, file.count - 1]) {
            let path = try folder.write(Array(file.prefix(count)), to: "cut.erds")
            let error = #expect(throws: ErdeError.self) { try DatasetReader.open(path) }
            #expect(error?.kind == .badData && error?.subject == path, "cut to \(count)")
        }
        let path = try folder.write(file + [0], to: "long.erds")
        #expect(throws: ErdeError.self) { try DatasetReader.open(path) }
    }

    /// Bytes that pad sections to 64 carry nothing; every other one is covered by a checksum.
    @Test func everyFlippedByteIsFoundOrPadding() throws {
        let folder = try TemporaryFolder()
        try write(to: folder("data.erds"))
        let file = try bytes(of: folder("data.erds"))
        var unnoticed = 0
        // Every byte of the preamble, and of the rest enough to meet every section many times.
        let positions = Array(0..<64) + Array(stride(from: 64, to: file.count, by: 7))
        for position in positions {
            var damaged = file
            damaged[position] ^= 0x10
            let path = try folder.write(damaged, to: "damaged.erds")
            do throws(ErdeError) {
                _ = try DatasetReader.open(path)
                for split in DatasetSplit.allCases { _ = try DatasetReader.sources(of: split, in: path) }
                unnoticed += 1
                #expect(file[position] == 0, "byte \(position)")
            } catch {
                #expect(error.kind == .badData)
                #expect(!error.description.contains("\n"))
            }
        }
        // The preamble's 20 zeros and less than 64 bytes before each of 10 sections.
        #expect(unnoticed < 20 + 10 * 64 / 7)
    }

    @Test func errorsSayWhatIsWrong() throws {
        let folder = try TemporaryFolder()
        try write(to: folder("data.erds"))
        var file = try bytes(of: folder("data.erds"))
        func text(_ bytes: [UInt8]) throws -> String {
            let path = try folder.write(bytes, to: "x.erds")
            return failure { _ = try DatasetReader.open(path) }.map { String($0.dropFirst(path.count)) } ?? "no error"
        }
        #expect(try text(Array("something else".utf8)).hasPrefix(": expected a dataset of `erde ingest`, found something else"))
        #expect(try text([]).hasPrefix(": expected a dataset of `erde ingest`"))
        #expect(try text(Array(file.prefix(100))).contains(": damaged dataset: 100 bytes, expected \(file.count)"))
        file[64] ^= 1
        #expect(try text(file).contains("damaged dataset: the checksum of train pixels is wrong"))
        file[8] = 2
        #expect(try text(file).hasPrefix(": dataset version 2, expected 1; run `erde ingest`"))
        #expect(#expect(throws: ErdeError.self) { try DatasetReader.open(folder("absent.erds")) }?.kind == .notFound)
        #expect(#expect(throws: ErdeError.self) { try DatasetReader.open(folder.path) }?.kind == .badData)
    }

    /// A description may say anything, with all checksums right: no count is multiplied before it is known to fit.
    @Test(arguments: ["9223372036854775807", "4611686018427387904", "-1", "1000000"])
    func countsThatCannotBeAreFound(count: String) throws {
        let folder = try TemporaryFolder()
        try write(to: folder("data.erds"))
        let whole = try bytes(of: folder("data.erds"))
        func long(_ place: Int) -> Int { whole[place..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) } }
        let start = long(24)
        let json = String(decoding: whole[start..<start + long(32)], as: UTF8.self)
        for mark in ["\"train\":", "\"train\","] {
            let description = Array(json.replacing(mark + "11", with: mark + count).utf8)
            if description.elementsEqual(json.utf8) { continue }
            var damaged = Array(whole[..<start]) + description
            func set(_ value: UInt64, _ count: Int, at place: Int) {
                for byte in 0..<count { damaged[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte))) }
            }
            set(UInt64(StoredStreams.crc32(description)), 4, at: 12)
            set(UInt64(damaged.count), 8, at: 16)
            set(UInt64(description.count), 8, at: 32)
            set(UInt64(StoredStreams.crc32(Array(damaged[..<40]))), 4, at: 40)
            let path = try folder.write(damaged, to: "damaged.erds")
            #expect(failure { _ = try DatasetReader.open(path) }?.contains("damaged dataset") == true)
            #expect(failure { _ = try DatasetReader.sources(of: .train, in: path) }?.contains("damaged dataset") == true)
            return
        }
        Issue.record("the description names no count: \(json)")
    }

    @Test func labelsOutsideTheClassesAreFound() throws {
        let folder = try TemporaryFolder()
        try write(to: folder("data.erds"), firstLabel: 3)
        #expect(failure { _ = try DatasetReader.open(folder("data.erds")) }?.contains("none of the 3 classes") == true)
    }
}
