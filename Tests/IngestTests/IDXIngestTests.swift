import Artifacts
import DatasetFile
import Diagnostics
import Ingest
import TestSupport
import Testing

@Suite struct IDXIngestTests {
    private func pixels(count: Int, seed: Int, side: Int = 3) -> [UInt8] {
        (0..<count * side * side).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761 &+ seed) >> 7) }
    }

    private func labels(count: Int, classes: Int = 4, first: Int = 0) -> [UInt8] {
        (0..<count).map { UInt8(first + $0 % classes) }
    }

    private func writeFour(_ folder: TemporaryFolder, train: Int, test: Int, gzip: Bool, firstLabel: Int = 0) throws {
        func write(_ bytes: [UInt8], _ name: String) throws {
            try folder.write(gzip ? StoredStreams.gzip(bytes) : bytes, to: "source/\(name)" + (gzip ? ".gz" : ""))
        }
        try write(StoredStreams.idx([train, 3, 3], pixels(count: train, seed: 1)), "train-images-idx3-ubyte")
        try write(StoredStreams.idx([train], labels(count: train, first: firstLabel)), "train-labels-idx1-ubyte")
        if test > 0 {
            try write(StoredStreams.idx([test, 3, 3], pixels(count: test, seed: 2)), "t10k-images-idx3-ubyte")
            try write(StoredStreams.idx([test], labels(count: test, first: firstLabel)), "t10k-labels-idx1-ubyte")
        }
    }

    private func run(_ folder: TemporaryFolder, _ options: IngestOptions = IngestOptions()) throws -> (IngestReport, Dataset) {
        let report = try ingest(source: folder("source"), to: folder("data.erds"), options: options)
        return (report, try DatasetReader.open(folder("data.erds")))
    }

    private func allPixels(_ samples: Samples) -> [UInt8] {
        (0..<samples.count).flatMap { samples.withPixels(at: $0) { Array($0) } }
    }

    @Test(arguments: [false, true]) func theLastTrainingImagesCalibrate(gzip: Bool) throws {
        let folder = try TemporaryFolder()
        try writeFour(folder, train: 40, test: 8, gzip: gzip)
        let (report, dataset) = try run(folder, IngestOptions(calibrationCount: 12))
        #expect(report.sourceKind == .idx)
        #expect(dataset.description.counts == [.train: 28, .calibration: 12, .test: 8])
        #expect(dataset.description.classNames == ["0", "1", "2", "3"])
        #expect(dataset.description.image == ImageFormat(channels: 1, height: 3, width: 3))
        let training = pixels(count: 40, seed: 1)
        #expect(allPixels(dataset.train) == Array(training[..<(28 * 9)]))
        #expect(allPixels(dataset.calibration) == Array(training[(28 * 9)...]))
        #expect(allPixels(dataset.test) == pixels(count: 8, seed: 2))
        #expect(dataset.calibration.labels == (28..<40).map { Int32($0 % 4) })
        let file = "train-images-idx3-ubyte" + (gzip ? ".gz" : "")
        #expect(try DatasetReader.sources(of: .calibration, in: folder("data.erds")).first == "\(file)#28")
    }

    @Test func aTenthCalibratesSmallSetsAndFiveThousandLargeOnes() throws {
        let folder = try TemporaryFolder()
        try writeFour(folder, train: 40, test: 8, gzip: false)
        #expect(try run(folder).1.calibration.count == 4)
        #expect(try run(folder, IngestOptions(calibrationShare: 0.5)).1.calibration.count == 20)
        try writeFour(folder, train: 50_000, test: 8, gzip: false)
        #expect(try run(folder).1.calibration.count == 5_000)
    }

    @Test func aMissingTestFileIsReplaced() throws {
        let folder = try TemporaryFolder()
        try writeFour(folder, train: 40, test: 0, gzip: true)
        let (report, dataset) = try run(folder, IngestOptions(calibrationCount: 4))
        #expect(dataset.description.counts == [.train: 28, .calibration: 4, .test: 8])
        #expect(report.classes.map { $0.counts[.test] } == [2, 2, 2, 2])
    }

    @Test func labelsGetNames() throws {
        let folder = try TemporaryFolder()
        try writeFour(folder, train: 40, test: 8, gzip: false, firstLabel: 1)
        #expect(try run(folder).1.description.classNames == ["1", "2", "3", "4"])
        let named = try run(folder, IngestOptions(classNames: ["none", "a", "b", "c", "d"])).1
        #expect(named.description.classNames == ["a", "b", "c", "d"])
        #expect(named.train.labels.prefix(5) == [0, 1, 2, 3, 0])
        #expect(#expect(throws: ErdeError.self) { try run(folder, IngestOptions(classNames: ["a"])) }?.kind == .usage)
    }

    @Test func imagesAreResized() throws {
        let folder = try TemporaryFolder()
        try writeFour(folder, train: 20, test: 4, gzip: false)
        let dataset = try run(folder, IngestOptions(height: 6, channels: .rgb)).1
        #expect(dataset.description.image == ImageFormat(channels: 3, height: 6, width: 6))
        let planes = dataset.test.withPixels(at: 0) { Array($0) }
        #expect(planes[..<36] == planes[36..<72] && planes[..<36] == planes[72...])
    }

    @Test func aPlainFileGoesBeforeItsGzip() throws {
        let folder = try TemporaryFolder()
        try writeFour(folder, train: 40, test: 8, gzip: true)
        try writeFour(folder, train: 40, test: 8, gzip: false)
        #expect(try run(folder).0.imageCount == 48)
    }

    @Test func damagedFilesAreExplained() throws {
        let folder = try TemporaryFolder()
        try writeFour(folder, train: 40, test: 8, gzip: false)
        let name = "source/train-images-idx3-ubyte"
        let sound = try bytes(of: folder(name))
        func problem(_ bytes: [UInt8], to name: String = name) throws -> String? {
            try folder.write(bytes, to: name)
            let error = #expect(throws: ErdeError.self) { try run(folder) }
            #expect(error?.kind == .badData && error?.description.contains("\n") == false)
            return error?.problem
        }
        #expect(try problem(Array(sound.dropLast(5)))?.hasPrefix("truncated: 355 bytes where 360") == true)
        #expect(try problem(sound + [0]) == "longer than its extents [40, 3, 3] say")
        #expect(try problem(Array(sound.prefix(9)))?.hasPrefix("truncated: 9 bytes where 16") == true)
        var wrong = sound
        wrong.replaceSubrange(4..<8, with: [255, 255, 255, 255])
        #expect(try problem(wrong)?.hasPrefix("truncated") == true)
        wrong.replaceSubrange(4..<16, with: [UInt8](repeating: 255, count: 12))
        #expect(try problem(wrong)?.contains("cannot be right") == true)
        #expect(try problem(StoredStreams.idx([39, 3, 3], pixels(count: 39, seed: 1))) == "40 labels for 39 images")
        try folder.write(sound, to: name)
        #expect(
            try problem(StoredStreams.idx([40], labels(count: 40)), to: "source/train-extra")?.contains(
                "found train-extra, train-labels") == true)
    }

    @Test func damagedGzipIsExplained() throws {
        let folder = try TemporaryFolder()
        try writeFour(folder, train: 40, test: 8, gzip: true)
        let name = "source/train-labels-idx1-ubyte.gz"
        let sound = try bytes(of: folder(name))
        for damaged in [Array(sound.dropLast(12)), sound.enumerated().map { $0.offset == 30 ? $0.element ^ 255 : $0.element }] {
            try folder.write(damaged, to: name)
            #expect(#expect(throws: ErdeError.self) { try run(folder) }?.kind == .badData)
        }
        try folder.write(sound, to: name)
        #expect(try run(folder).0.imageCount == 48)
    }

    @Test func testFilesAloneAreNotEnough() throws {
        let folder = try TemporaryFolder()
        try folder.write(StoredStreams.idx([2, 3, 3], pixels(count: 2, seed: 1)), to: "source/t10k-images-idx3-ubyte")
        let error = #expect(throws: ErdeError.self) { try run(folder) }
        #expect(
            error?.problem == "expected one IDX file of test labels, found none" || error?.problem.contains("says train") == true)
    }
}
