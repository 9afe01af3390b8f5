import Artifacts
import Diagnostics
import Ingest
import TestSupport
import Testing

/// What lists of paths and labels look like, and what is wrong with them.
@Suite struct ListTests {
    /// Writes twelve images and a list beside them.
    private func folder(
        _ text: String, to name: String = "list.txt", images: (Int) -> String = { "\($0).png" }
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for index in 0..<12 {
            let png = StoredStreams.png(width: 2, height: 2, [9, 8, 7, UInt8(index * 20)])
            try folder.write(png, to: "source/\(images(index))")
        }
        try folder.write(Array(text.utf8), to: "source/\(name)")
        return folder
    }

    private func error(_ source: String, _ options: IngestOptions = IngestOptions(calibrationCount: 1)) -> ErdeError? {
        #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(source, options) }
    }

    @Test(arguments: [",", "\t", " "]) func pathsMayBeginLikeRemarks(separator: String) throws {
        let rows = (0..<12).map { "#\($0 % 2)/\($0).png\(separator)\($0 % 2)\n" }
        let halves = [rows.prefix(6), rows.suffix(6)].map { $0.joined() }
        let text = "# made by hand, twice\n\(halves[0])#\n# the other half\n#remark\n\(halves[1])"
        let folder = try folder(text, images: { "#\($0 % 2)/\($0).png" })
        let report = try DatasetGoldens.ingested(folder("source/list.txt")).report
        #expect(report.imageCount == 12 && report.badImages.isEmpty)
        #expect(try DatasetGoldens.ingested(folder("source"), IngestOptions(format: .list)).report.imageCount == 12)
    }

    @Test func aHeadingMayBeginLikeARemark() throws {
        let rows = (0..<12).map { "\($0 % 2),\($0).png\n" }
        let folder = try folder("#label,path\n" + rows.joined())
        #expect(try DatasetGoldens.ingested(folder("source/list.txt")).dataset.description.classNames == ["0", "1"])
    }

    @Test func tabsSeparateBeforeCommas() throws {
        let rows = (0..<12).map { "a,\($0).png\t\($0 % 2)\n" }
        let folder = try folder(rows.joined(), to: "list.tsv", images: { "a,\($0).png" })
        let (report, dataset) = try DatasetGoldens.ingested(folder("source"))
        #expect(report.badImages.isEmpty && dataset.description.classNames == ["0", "1"])
    }

    @Test func linesAreCountedAsEditorsDo() throws {
        let folder = try folder("\u{FEFF}path,label\r\n\r\n0.png,a\r\n \r\n# nothing\r\nlonely\r\n")
        #expect(error(folder("source/list.txt"))?.problem == "line 6: \"lonely\" is not a path and a label")
        let lines = TextLines([0xEF, 0xBB, 0xBF] + Array("\none\r\n\t\ntwo".utf8)).lines
        #expect(lines.map(\.number) == [2, 4] && lines.map(\.text) == ["one", "two"])
        #expect(TextLines([]).lines.isEmpty)
    }

    @Test func namesAreOneALine() throws {
        #expect(try TextLines(Array("\u{FEFF}ant\nbee\n\n \n".utf8)).names(in: "names.txt") == ["ant", "bee"])
        for (text, line) in [("ant\n\nbee", 2), ("\nant", 1), ("ant\nbee\n \nfly\n", 3)] {
            let error = #expect(throws: ErdeError.self) { try TextLines(Array(text.utf8)).names(in: "names.txt") }
            #expect(error?.subject == "names.txt" && error?.problem == "line \(line) is empty")
        }
    }

    @Test func missingImagesAreNamedFromTheListsFolder() throws {
        let rows = (0..<12).map { "\($0).png,\($0 % 2)\n" }
        func problem(_ row: String, of source: String) throws -> ErdeError? {
            let folder = try folder(rows.joined() + row)
            let found = error(folder(source))
            #expect(found?.subject == (row.hasPrefix("/") ? String(row.dropLast(3)) : folder("source/\(row.dropLast(3))")))
            return found
        }
        #expect(try problem("im/99.png,1\n", of: "source/list.txt")?.problem == "in the list, but not there")
        #expect(try problem("im/99.png,1\n", of: "source")?.problem == "in the list, but not there")
        #expect(try problem("im\\9.png,1\n", of: "source")?.problem == "in the list, but not there: write / between folders")
        let outside = "leads out of the source, and is not followed"
        #expect(try problem("../9.png,1\n", of: "source")?.problem == outside)
        #expect(try problem("/x/9.png,1\n", of: "source")?.problem == outside)
        #expect(try problem("../9.png,1\n", of: "source/list.txt")?.problem == "in the list, but not there")
    }

    @Test func namesWithoutImagesAreLeftOut() throws {
        let rows = (0..<12).map { "\($0).png,\($0 % 2 * 2)\n" }
        let named = IngestOptions(calibrationCount: 1, classNames: ["ant", "dog", "bee", "fly"])
        let folder = try folder(rows.joined())
        #expect(try DatasetGoldens.ingested(folder("source"), named).dataset.description.classNames == ["ant", "bee"])
        try folder.write(Array((rows.joined() + "0.png,4\n").utf8), to: "source/list.txt")
        #expect(error(folder("source"), named)?.problem == "label 4, expected 0 to 3")
    }

    @Test func namesForLabelsThatAreWordsAreRefused() throws {
        let rows = (0..<12).map { "\($0).png,\($0 % 2 == 0 ? "even" : "odd")\n" }
        let folder = try folder(rows.joined())
        let refused = error(folder("source"), IngestOptions(classNames: ["even", "odd"]))
        #expect(refused?.kind == .usage && refused?.subject == "--class-names")
    }
}
