import Artifacts
import DatasetFile
import Diagnostics
import Foundation
import Images
import Ingest
import TestSupport
import Testing

@Suite struct FolderIngestTests {
    /// Writes `count` grey images of a class; pixel values come from a counter, so that all images differ.
    private func fill(
        _ folder: TemporaryFolder, _ name: String, count: Int, side: Int = 4, channels: Int = 1, first: Int = 0
    ) throws {
        for index in 0..<count {
            let salt = name.utf8.reduce(first) { $0 &* 31 &+ Int($1) }
            let pixels = (0..<side * side * channels).map {
                UInt8(truncatingIfNeeded: (salt &+ index &* 97) >> ($0 % 16) &+ $0 &* 3)
            }
            let file = StoredStreams.png(width: side, height: side, channels: channels, pixels)
            try folder.write(file, to: "source/\(name)/\(index < 10 ? "0" : "")\(index).png")
        }
    }

    private func run(_ folder: TemporaryFolder, _ options: IngestOptions = IngestOptions()) throws -> (IngestReport, Dataset) {
        let report = try ingest(source: folder("source"), to: folder("data.erds"), options: options)
        return (report, try DatasetReader.open(folder("data.erds")))
    }

    private func error(_ folder: TemporaryFolder, _ options: IngestOptions = IngestOptions()) -> ErdeError? {
        #expect(throws: ErdeError.self) { _ = try ingest(source: folder("source"), to: folder("data.erds"), options: options) }
    }

    @Test func classFoldersAreSplitByClass() throws {
        let folder = try TemporaryFolder()
        try fill(folder, "boot", count: 20)
        try fill(folder, "Zebra", count: 30)
        try fill(folder, "ant/nest", count: 10)
        try fill(folder, ".hidden", count: 2)
        try folder.write(Array("hello".utf8), to: "source/boot/notes.txt")
        let (report, dataset) = try run(folder)
        #expect(report.sourceKind == .classFolders)
        // Plain string order: capitals come first.
        #expect(dataset.description.classNames == ["Zebra", "ant", "boot"])
        #expect(report.classes.map { $0.counts[.train] } == [21, 7, 14])
        #expect(report.classes.map { $0.counts[.calibration] } == [3, 1, 2])
        #expect(report.classes.map { $0.counts[.test] } == [6, 2, 4])
        #expect(dataset.description.counts == [.train: 42, .calibration: 6, .test: 12])
        #expect(dataset.description.image == ImageFormat(channels: 1, height: 4, width: 4))
        #expect(report.imageCount == 60)
        #expect(report.otherFileCount == 1)
        #expect(report.badImages.isEmpty)
        #expect(report.fingerprint == dataset.fingerprint)
        #expect(report.notes.count == 2)

        var seen = Set<String>()
        for split in DatasetSplit.allCases {
            let sources = try DatasetReader.sources(of: split, in: folder("data.erds"))
            let samples = dataset.samples(split)
            for (index, source) in sources.enumerated() {
                #expect(seen.insert(source).inserted, "\(source) is in two splits")
                #expect(source.hasPrefix(dataset.description.classNames[Int(samples.labels[index])] + "/"))
                let decoded = try ImageDecoder.decodeFile(folder("source/\(source)"), format: dataset.description.image)
                #expect(samples.withPixels(at: index) { Array($0) } == decoded)
            }
        }
        #expect(seen.count == 60)
    }

    @Test func splitsFollowTheSeedAndNothingElse() throws {
        let folder = try TemporaryFolder()
        try fill(folder, "a", count: 30)
        try fill(folder, "b", count: 30)
        func testSources(seed: UInt64) throws -> [String] {
            _ = try run(folder, IngestOptions(seed: seed))
            return try DatasetReader.sources(of: .test, in: folder("data.erds"))
        }
        let first = try testSources(seed: 1)
        let fingerprint = try DatasetReader.describe(folder("data.erds")).fingerprint
        #expect(try testSources(seed: 2) != first)
        #expect(try testSources(seed: 1) == first)
        #expect(try DatasetReader.describe(folder("data.erds")).fingerprint == fingerprint)
        // Another class leaves the split of these two as it was.
        try fill(folder, "aa", count: 30)
        #expect(try testSources(seed: 1).filter { !$0.hasPrefix("aa/") } == first)
    }

    @Test func outerFoldersAreSplits() throws {
        let folder = try TemporaryFolder()
        for (split, count) in [("Train", 10), ("valid", 4), ("test", 3)] {
            for name in ["x", "y"] { try fill(folder, "\(split)/\(name)", count: count) }
        }
        try fill(folder, "extra/z", count: 1)
        let (report, dataset) = try run(folder)
        #expect(report.sourceKind == .splitFolders)
        #expect(dataset.description.counts == [.train: 20, .calibration: 8, .test: 6])
        #expect(try DatasetReader.sources(of: .calibration, in: folder("data.erds")).allSatisfy { $0.hasPrefix("valid/") })
        #expect(report.notes.isEmpty)
        #expect(report.warnings == ["beside Train/ these folders were ignored: extra"])
    }

    @Test func aMissingSplitIsTakenFromTraining() throws {
        let folder = try TemporaryFolder()
        for name in ["x", "y"] {
            try fill(folder, "train/\(name)", count: 20)
            try fill(folder, "test/\(name)", count: 5)
        }
        let (report, dataset) = try run(folder, IngestOptions(calibrationShare: 0.25))
        #expect(dataset.description.counts == [.train: 30, .calibration: 10, .test: 10])
        #expect(report.notes == ["calibration: 10 of 40 images, split off by class with seed 0"])
        #expect(report.classes.map { $0.counts[.calibration] } == [5, 5])
        let (_, counted) = try run(folder, IngestOptions(calibrationCount: 6))
        #expect(counted.description.counts[.calibration] == 6)
        for count in [1, 7, 37] {
            let (report, dataset) = try run(folder, IngestOptions(calibrationCount: count))
            #expect(dataset.description.counts[.calibration] == count)
            let shares = report.classes.map { $0.counts[.calibration] ?? 0 }
            #expect(abs(shares[0] - shares[1]) == 1, "as even as can be: \(shares)")
        }
    }

    @Test func aFolderThatSeveralLinksLeadToCountsOnce() throws {
        let folder = try TemporaryFolder()
        try fill(folder, "tree/real", count: 3)
        for name in ["again", "back"] {
            try FileManager.default.createSymbolicLink(atPath: folder("source/tree/\(name)"), withDestinationPath: "real")
        }
        #expect(try ImageFileFinder.images(under: folder("source/tree")).images.count == 3)
    }

    @Test func namesThatDifferInNormalisationAloneAreRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "caf\u{E9}.png")
        try folder.write([1], to: "cafe\u{301}.png")
        let error = #expect(throws: ErdeError.self) { try ImageFileFinder.entries(of: folder.path) }
        #expect(error?.problem.contains("Unicode normalisation") == true)
    }

    @Test func aClassMayBeCalledTrain() throws {
        let folder = try TemporaryFolder()
        for name in ["train", "car", "bus"] { try fill(folder, name, count: 5) }
        #expect(try run(folder).1.description.classNames == ["bus", "car", "train"])
    }

    @Test func imagesThatNoClassHoldsAreToldOf() throws {
        let folder = try TemporaryFolder()
        for split in ["train", "test"] {
            for name in ["x", "y"] { try fill(folder, "\(split)/\(name)", count: 6) }
        }
        let image = try bytes(of: folder("source/train/x/00.png"))
        for place in ["one.png", "train/two.png", "train/three.jpg"] { try folder.write(image, to: "source/\(place)") }
        try folder.write(Array("none".utf8), to: "source/test/notes.txt")
        let report = try run(folder).0
        #expect(report.warnings.contains("1 image beside the folders of the splits has no class and was left out"))
        #expect(report.warnings.contains("2 images beside the class folders of train/ have no class and were left out"))
        #expect(report.otherFileCount == 1)
    }

    @Test func linksToNothingAreBadImages() throws {
        let folder = try TemporaryFolder()
        for name in ["x", "y"] { try fill(folder, name, count: 6) }
        for link in ["x/gone.png", "y/gone.txt"] {
            try FileManager.default.createSymbolicLink(atPath: folder("source/\(link)"), withDestinationPath: "nowhere")
        }
        let strict = error(folder)
        #expect(strict?.subject == folder("source/x/gone.png") && strict?.problem.hasPrefix("cannot be read: ") == true)
        let report = try run(folder, IngestOptions(onBadImage: .skip)).0
        #expect(report.badImages.map(\.path) == ["x/gone.png"] && report.badImages.first?.kind == .unreadable)
        #expect(report.imageCount == 13)
    }

    @Test func meanAndDeviationAreThoseOfTheTrainingPixels() throws {
        let folder = try TemporaryFolder()
        for name in ["x", "y"] { try fill(folder, name, count: 9, side: 5, channels: 3) }
        let dataset = try run(folder).1
        #expect(dataset.description.image.channels == 3)
        for channel in 0..<3 {
            var values: [Double] = []
            for index in 0..<dataset.train.count {
                values += dataset.train.withPixels(at: index) {
                    $0[(channel * 25)..<(channel * 25 + 25)].map { Double($0) / 255 }
                }
            }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            #expect(abs(Double(dataset.description.mean[channel]) - mean) < 1e-6)
            #expect(abs(Double(dataset.description.standardDeviation[channel]) - variance.squareRoot()) < 1e-6)
        }
    }

    @Test func channelsThatAreAlwaysTheSameAreNamed() throws {
        /// - Parameter pixel: the channels of a pixel, by image and place in it.
        func deviations(_ pixel: (Int, Int) -> [UInt8]) throws -> (warnings: [String], deviations: [Float]) {
            let folder = try TemporaryFolder()
            for image in 0..<16 {
                let pixels = (0..<16).flatMap { pixel(image, $0) }
                let file = StoredStreams.png(width: 4, height: 4, channels: pixels.count / 16, pixels)
                try folder.write(file, to: "source/\(image < 8 ? "x" : "y")/\(image).png")
            }
            let (report, dataset) = try run(folder)
            return (report.warnings.filter { $0.contains("deviation") }, dataset.description.standardDeviation)
        }
        let noBlue = try deviations { [UInt8($0), UInt8(10 * $1), 0] }
        #expect(noBlue.warnings == ["the blue channel is the same in every training pixel; its deviation is taken as 1"])
        #expect(noBlue.deviations[0] < 1 && noBlue.deviations[1] < 1 && noBlue.deviations[2] == 1)
        let greenAlone = try deviations { [255, UInt8($0 + $1), 7] }
        #expect(greenAlone.warnings.map { $0.prefix(12) } == ["the red chan", "the blue cha"])
        for plain in [try deviations { _, _ in [9, 8, 7] }, try deviations { _, _ in [9] }] {
            #expect(plain.warnings == ["every training pixel is the same; the deviation is taken as 1"])
            #expect(plain.deviations.allSatisfy { $0 == 1 })
        }
        let varied = try deviations { [UInt8($0), UInt8($1), UInt8($0 + $1)] }
        #expect(varied.warnings.isEmpty)
    }

    @Test func badImagesEndTheRunOrAreNamed() throws {
        let folder = try TemporaryFolder()
        for name in ["x", "y"] { try fill(folder, name, count: 10) }
        let sound = try bytes(of: folder("source/x/03.png"))
        try folder.write(Array(sound.dropLast(30)), to: "source/x/03.png")
        try folder.write(Array("GIF89a....".utf8), to: "source/y/05.png")
        try folder.write([], to: "source/y/06.jpg")
        let failed = error(folder)
        #expect(failed?.kind == .badData)
        #expect(failed?.subject == folder("source") && failed?.problem == "3 images cannot be used")
        // Those that are noticed in the header, and the one whose pixels end early.
        #expect(
            failed?.details == [
                "\(folder("source/x/03.png")): truncated PNG",
                "\(folder("source/y/05.png")): expected a PNG or JPEG image, found a GIF image",
                "\(folder("source/y/06.jpg")): expected a PNG or JPEG image, found an empty file",
            ])
        #expect(!folder.exists("data.erds"))

        let (report, dataset) = try run(folder, IngestOptions(onBadImage: .skip))
        #expect(
            Set(report.badImages) == [
                IngestReport.BadImage(path: "x/03.png", reason: "truncated PNG", kind: .truncated),
                IngestReport.BadImage(
                    path: "y/05.png", reason: "expected a PNG or JPEG image, found a GIF image", kind: .foreign),
                IngestReport.BadImage(
                    path: "y/06.jpg", reason: "expected a PNG or JPEG image, found an empty file", kind: .empty),
            ])
        #expect(report.imageCount == 21)
        #expect(dataset.description.counts.values.reduce(0, +) == 18)
        for split in DatasetSplit.allCases {
            for (index, source) in try DatasetReader.sources(of: split, in: folder("data.erds")).enumerated() {
                let decoded = try ImageDecoder.decodeFile(folder("source/\(source)"), format: dataset.description.image)
                #expect(dataset.samples(split).withPixels(at: index) { Array($0) } == decoded, "\(source)")
            }
        }
    }

    @Test func reportsAreJSON() throws {
        let folder = try TemporaryFolder()
        for name in ["x", "y"] { try fill(folder, name, count: 5) }
        let (report, _) = try run(folder)
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(IngestReport.self, from: data) == report)
        #expect(String(decoding: data, as: UTF8.self).contains("\"counts\":{"))
    }

    @Test func sizesAndChannelsAreChosen() throws {
        let folder = try TemporaryFolder()
        try fill(folder, "x", count: 6, side: 9)
        try fill(folder, "y", count: 5, side: 6, channels: 3)
        let (report, dataset) = try run(folder)
        #expect(dataset.description.image == ImageFormat(channels: 3, height: 9, width: 9))
        #expect(report.notes.contains("size: 9 x 9, that of 6 of 11 images"))
        #expect(report.notes.contains("channels: RGB, because 5 of 11 images have colour"))
        for index in 0..<3 { try fill(folder, "z\(index)", count: 2, side: 20 + index) }
        #expect(try run(folder).1.description.image == ImageFormat(channels: 3, height: 64, width: 64))
        let fixed = IngestOptions(height: 5, width: 3, channels: .grey, resizing: .centerCrop)
        #expect(
            try run(folder, fixed).1.description.image == ImageFormat(channels: 1, height: 5, width: 3, resizing: .centerCrop))
        #expect(try run(folder, IngestOptions(width: 8)).1.description.image.height == 8)
    }

    @Test func suspiciousThingsAreWarnedOf() throws {
        let folder = try TemporaryFolder()
        for name in ["1", "2", "10"] { try fill(folder, "train/\(name)", count: 6) }
        try fill(folder, "test/1", count: 2)
        try folder.write(try bytes(of: folder("source/train/2/00.png")), to: "source/test/10/copy.png")
        let (report, _) = try run(folder)
        #expect(report.warnings.contains { $0.contains("10 comes before 2") })
        #expect(report.warnings.contains("the test split has no image of 2"))
        #expect(report.warnings.contains("1 test image is also among the training or calibration images"))
        #expect(report.warnings.contains("1 image equals an earlier image of another class"))
        #expect(report.duplicates.images == 1)
    }

    @Test func progressReachesTheTotal() throws {
        let folder = try TemporaryFolder()
        for name in ["x", "y"] { try fill(folder, name, count: 5) }
        var calls: [(Int, Int)] = []
        _ = try ingest(source: folder("source"), to: folder("data.erds")) { calls.append(($0, $1)) }
        #expect(calls.last?.0 == calls.last?.1 && calls.last?.1 == 20)
        #expect(zip(calls, calls.dropFirst()).allSatisfy { $0.0 < $1.0 })
    }

    @Test func unusableSourcesAreExplained() throws {
        let folder = try TemporaryFolder()
        #expect(error(folder)?.kind == .notFound)
        try folder.makeFolder("source")
        #expect(error(folder)?.problem == "an empty folder")
        try folder.write(StoredStreams.png(width: 1, height: 1, [1]), to: "source/one.png")
        #expect(error(folder)?.problem == "1 file but no class folders")
        try fill(folder, "x", count: 3)
        #expect(error(folder)?.problem == "one class only (x), expected at least two")
        try folder.makeFolder("source/y")
        #expect(error(folder)?.problem == "no images in this class")
        #expect(error(folder)?.subject == folder("source/y"))
        try folder.write([1, 2, 3], to: "source/y/bad.png")
        #expect(
            error(folder, IngestOptions(onBadImage: .skip))?.problem
                == "class y has no usable training image (bad images skipped: 1)")
        try fill(folder, "y", count: 5)
        #expect(try run(folder, IngestOptions(onBadImage: .skip)).1.description.classNames == ["x", "y"])
        #expect(
            error(folder, IngestOptions(onBadImage: .skip, limits: ImageLimits(side: 2)))?.problem.hasPrefix("no usable image")
                == true)
        #expect(error(folder, IngestOptions(classNames: ["p", "q"]))?.kind == .usage)
        let file = #expect(throws: ErdeError.self) { _ = try ingest(source: folder("source/one.png"), to: folder("data.erds")) }
        #expect(file?.problem == "expected a folder, an archive or a list, found a PNG image")
        let place = #expect(throws: ErdeError.self) {
            _ = try ingest(source: folder("source"), to: folder("no/where.erds"), options: IngestOptions(onBadImage: .skip))
        }
        #expect(place?.kind == .cannotWrite)
    }

    @Test func wrongOptionsAreUsageErrors() throws {
        let folder = try TemporaryFolder()
        for options in [
            IngestOptions(height: 0), IngestOptions(width: 5000), IngestOptions(calibrationShare: 0),
            IngestOptions(testShare: 1), IngestOptions(calibrationShare: 0.5, testShare: 0.5), IngestOptions(calibrationCount: 0),
            IngestOptions(calibrationShare: 0.1, calibrationCount: 5), IngestOptions(testShare: .nan),
            IngestOptions(classNames: ["a", "a"]), IngestOptions(limits: ImageLimits(pixels: 0)),
        ] {
            #expect(error(folder, options)?.kind == .usage)
        }
    }

    /// The committed sample: 3,000 real images, PNG and JPEG.
    @Test func theSampleIngests() throws {
        let folder = try TemporaryFolder()
        let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("samples/fashion").path
        let report = try ingest(source: sample, to: folder("data.erds"))
        #expect(report.sourceKind == .splitFolders)
        #expect(report.description.counts == [.train: 2160, .calibration: 240, .test: 600])
        #expect(report.description.image == ImageFormat(channels: 1, height: 28, width: 28))
        #expect(report.classes.map(\.name).contains("t-shirt") && report.classes.count == 10)
        #expect(report.classes.allSatisfy { $0.counts == [.train: 216, .calibration: 24, .test: 60] })
        // The whole set's published figures are 0.2860 and 0.3530; 2,160 images come close.
        #expect(abs(report.description.mean[0] - 0.286) < 0.01)
        #expect(abs(report.description.standardDeviation[0] - 0.353) < 0.01)
        #expect(report.warnings.isEmpty, "\(report.warnings)")
        #expect(try DatasetReader.open(folder("data.erds")).fingerprint == report.fingerprint)
    }

    @Test func linksThatLoopAreNotFollowed() throws {
        let folder = try TemporaryFolder()
        for name in ["x", "y"] { try fill(folder, name, count: 4) }
        try FileManager.default.createSymbolicLink(atPath: folder("source/x/again"), withDestinationPath: folder("source/x"))
        #expect(try run(folder).0.imageCount == 8)
        #expect(try ImageFileFinder.find(in: [folder("source"), folder("source/x/00.png")]).count == 9)
    }
}
