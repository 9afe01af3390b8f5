import Artifacts
import DatasetFile
import Diagnostics
import Foundation
import Images
import Ingest
import ReportFile
import TestSupport
import Testing

@Suite struct DatasetDoctorTests {
    /// A smooth picture that differs strongly from salt to salt.
    private func pixels(_ salt: Int, side: Int = 36, channels: Int = 1, shift: Int = 0) -> [UInt8] {
        let (a, b, c) = (Double(salt % 7 + 1), Double(salt / 7 % 5 + 1), Double(salt % 11))
        return (0..<side * side * channels).map { place in
            let (x, y) = (
                (Double(place / channels % side) + 0.5) / Double(side), (Double(place / channels / side) + 0.5) / Double(side)
            )
            let wave = sin(a * 3 * x + c) * cos(b * 3 * y - c) + 0.5 * sin(7 * x * y + a)
            return UInt8(clamping: Int(128 + 70 * wave) + shift)
        }
    }

    private func png(_ salt: Int, side: Int = 36, channels: Int = 1, shift: Int = 0) -> [UInt8] {
        StoredStreams.png(
            width: side, height: side, channels: channels, pixels(salt, side: side, channels: channels, shift: shift))
    }

    /// Two classes with training and test images, all different.
    private func fill(_ folder: TemporaryFolder) throws {
        for (label, name) in ["a", "b"].enumerated() {
            for index in 0..<12 { try folder.write(png(label * 50 + index), to: "source/train/\(name)/\(index + 10).png") }
            for index in 0..<4 { try folder.write(png(label * 50 + 30 + index), to: "source/test/\(name)/\(index + 10).png") }
        }
    }

    private func check(_ folder: TemporaryFolder, _ options: IngestOptions = IngestOptions()) throws -> DatasetCheck {
        try Ingest.check(source: folder("source"), options: options).check
    }

    private func names(_ finding: DatasetFindings.Finding?) -> [[String]] {
        finding?.examples.map { $0.images.map(\.name) } ?? []
    }

    @Test func aSoundDatasetHasNoFindings() throws {
        let folder = try TemporaryFolder()
        try fill(folder)
        let (check, refusal) = try Ingest.check(source: folder("source"))
        #expect(check.findings.findings.isEmpty, "\(check.findings)")
        #expect(refusal == nil && check.refusal == nil)
        #expect(check.imageCount == 32 && check.image == ImageFormat(channels: 1, height: 36, width: 36))
        #expect(check.classes.map { $0.counts[.test] } == [4, 4])
        #expect(!folder.exists("source.erds"))
    }

    @Test func brokenImagesAreCountedByKind() throws {
        let folder = try TemporaryFolder()
        try fill(folder)
        let sound = png(99)
        try folder.write(Array(sound.dropLast(40)), to: "source/train/a/cut.png")
        try folder.write([], to: "source/train/a/none.png")
        try folder.write(Array("GIF89a".utf8), to: "source/train/b/film.png")
        try folder.write(png(99, side: 60), to: "source/train/b/wide.png")
        try folder.write(Array(sound.prefix(40)) + [UInt8](repeating: 7, count: 300), to: "source/test/b/bent.png")
        let limits = ImageLimits(side: 50)
        let (check, refusal) = try Ingest.check(source: folder("source"), options: IngestOptions(limits: limits))
        #expect(names(check.findings[.truncated]) == [["train/a/cut.png"]])
        #expect(names(check.findings[.empty]) == [["train/a/none.png"]])
        #expect(names(check.findings[.foreign]) == [["train/b/film.png"]])
        #expect(names(check.findings[.tooLarge]) == [["train/b/wide.png"]])
        #expect(check.findings.findings.reduce(0) { $0 + $1.count } == 5)
        #expect(refusal?.kind == .badData && refusal != nil)
        let text = refusal?.description ?? ""
        for name in ["cut.png", "none.png", "film.png", "wide.png", "bent.png"] { #expect(text.contains(name), "\(text)") }
        #expect(
            try Ingest.check(source: folder("source"), options: IngestOptions(onBadImage: .skip, limits: limits)).refusal == nil)
        #expect(check.imageCount == 37)
    }

    @Test func duplicatesAreFoundWhereTheyMatter() throws {
        let folder = try TemporaryFolder()
        try fill(folder)
        let copy = try bytes(of: folder("source/train/a/11.png"))
        try folder.write(copy, to: "source/train/a/99.png")
        try folder.write(copy, to: "source/test/a/99.png")
        try folder.write(copy, to: "source/train/b/99.png")
        let options = IngestOptions(calibrationCount: 2, seed: 3)
        let findings = try check(folder, options).findings
        #expect(findings[.duplicateAcrossClasses]?.count == 1)
        #expect(names(findings[.duplicateAcrossClasses]).first?.last == "train/b/99.png")
        let across = try #require(findings[.duplicateAcrossSplits])
        #expect(across.examples.contains { $0.images.map(\.split).contains(.test) })
        #expect(findings[.nearDuplicate] == nil && findings[.nearDuplicateAcrossSplits] == nil)
        let example = try #require(findings[.duplicateAcrossClasses]?.examples.first)
        #expect(example.images.map(\.className) == ["a", "b"])
    }

    @Test func nearDuplicatesAreFoundAndDifferentImagesAreNot() throws {
        let folder = try TemporaryFolder()
        try fill(folder)
        // The same picture one level lighter, and the same at another size.
        try folder.write(png(3, shift: 1), to: "source/train/a/lighter.png")
        try folder.write(png(83, side: 72), to: "source/train/b/larger.png")
        let findings = try check(folder, IngestOptions(calibrationCount: 2)).findings
        let pairs = Set(names(findings[.nearDuplicate]) + names(findings[.nearDuplicateAcrossSplits]))
        #expect(pairs.contains { $0.contains("train/a/lighter.png") && $0.contains("train/a/13.png") }, "\(pairs)")
        #expect(pairs.contains { $0.contains("train/b/larger.png") && $0.contains("test/b/13.png") }, "\(pairs)")
        #expect(pairs.count == 2, "\(pairs)")
        #expect(names(findings[.oddSize]) == [["train/b/larger.png"]])
    }

    @Test func flatImagesAreAlikeOnlyWhenTheyAre() throws {
        let folder = try TemporaryFolder()
        for (label, name) in ["a", "b"].enumerated() {
            for index in 0..<10 {
                let level = UInt8(label * 120 + index * 10)
                let file = StoredStreams.png(width: 9, height: 9, [UInt8](repeating: level, count: 80) + [level + 1])
                try folder.write(file, to: "source/\(name)/\(index).png")
            }
        }
        #expect(try check(folder).findings.findings.isEmpty)
    }

    @Test func manyNearDuplicatesDoNotTakeForever() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b"] {
            for index in 0..<300 {
                var flat = [UInt8](repeating: 90, count: 64)
                flat[63] = UInt8(index % 256)
                flat[62] = UInt8(index / 256 * 3 + (name == "a" ? 0 : 100))
                try folder.write(StoredStreams.png(width: 8, height: 8, flat), to: "source/\(name)/\(index).png")
            }
        }
        let findings = try check(folder).findings
        #expect((findings[.nearDuplicate]?.count ?? 0) > 100)
        #expect(findings[.nearDuplicate]?.examples.count == DatasetFindings.exampleLimit)
    }

    @Test func classesAreCompared() throws {
        let folder = try TemporaryFolder()
        for index in 0..<130 { try folder.write(png(index), to: "source/train/2/\(index).png") }
        for index in 0..<5 { try folder.write(png(200 + index), to: "source/train/10/\(index).png") }
        for index in 0..<4 { try folder.write(png(300 + index), to: "source/test/2/\(index).png") }
        try folder.write(png(400, channels: 3), to: "source/test/2/colour.png")
        let check = try check(folder)
        let findings = check.findings
        #expect(findings[.imbalance]?.examples.first?.note == "10: 4 training images; 2 has 117")
        #expect(findings[.missingClass]?.examples.map(\.note) == ["10 in test"])
        #expect(findings[.oddName]?.examples.map(\.note) == ["10: comes before 2, in text order"])
        #expect(names(findings[.oddMode]) == [["test/2/colour.png"]])
        #expect(check.warnings.contains("the test split has no image of 10"))
    }

    @Test func labelsOutOfRangeAreFindings() throws {
        let folder = try TemporaryFolder()
        for index in 0..<20 { try folder.write(png(index), to: "source/\(index).png") }
        let rows = (0..<20).map { "\($0).png,\($0 == 7 ? 9 : $0 % 2)" } + ["gone.png,1"]
        try folder.write(Array(rows.joined(separator: "\n").utf8), to: "source/labels.csv")
        let findings = try check(folder, IngestOptions(classNames: ["even", "odd"])).findings
        #expect(names(findings[.label]) == [["7.png"]])
        #expect(findings[.label]?.examples.first?.note == "label 9, expected 0 to 1")
        #expect(names(findings[.unreadable]) == [["gone.png"]])
    }

    @Test func ingestStoresWhatItFound() throws {
        let folder = try TemporaryFolder()
        try fill(folder)
        try folder.write(try bytes(of: folder("source/train/a/11.png")), to: "source/train/b/99.png")
        let report = try ingest(source: folder("source"), to: folder("data.erds"))
        #expect(report.findings[.duplicateAcrossClasses]?.count == 1)
        #expect(try DatasetReader.findings(in: folder("data.erds")) == report.findings)
        #expect(try DatasetReader.open(folder("data.erds")).fingerprint == report.fingerprint)
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(IngestReport.self, from: data) == report)
    }

    @Test(arguments: ["folder", "archive"]) func thePageShowsTheExamples(kind: String) throws {
        let folder = try TemporaryFolder()
        let source: String
        if kind == "folder" {
            try fill(folder)
            try folder.write(try bytes(of: folder("source/train/a/11.png")), to: "source/train/b/<99>.png")
            try folder.write([], to: "source/train/b/none.png")
            source = folder("source")
        } else {
            source = "\(DatasetGoldens.folder)/webdataset"
        }
        let check = try Ingest.check(source: source, withThumbnails: true).check
        let page = htmlPage(of: check)
        #expect(page.contains("<!DOCTYPE html>") && page.contains("</html>") && !page.contains("http"))
        for finding in check.findings.findings { #expect(page.contains(finding.kind.title)) }
        guard kind == "folder" else { return }
        #expect(page.contains("train/b/&lt;99&gt;.png") && !page.contains("<99>"))
        let images = try #require(check.findings[.duplicateAcrossClasses]?.examples.first?.images)
        for image in images {
            let png = try #require(image.pngBase64.flatMap { Data(base64Encoded: $0) })
            let decoded = try ImageDecoder.decode(
                Array(png), name: "thumbnail", format: ImageFormat(channels: 1, height: 96, width: 96))
            let original = try ImageDecoder.decodeFile(
                folder("source/\(image.name)"), format: ImageFormat(channels: 1, height: 96, width: 96))
            #expect(decoded == original)
            #expect(page.contains(png.base64EncodedString()))
        }
        #expect(check.findings[.empty]?.examples.first?.images.first?.pngBase64 == nil)
    }
}
