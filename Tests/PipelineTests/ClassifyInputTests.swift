import Foundation
import Testing

extension Pipeline {
    /// What `erde classify` takes and gives: folders, archives, lists; lines and links.
    @Suite(.serialized)
    struct ClassifyInputTests: ClassifySuite {
        private static let archives = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Goldens/datasets/archives").path

        /// A file under a name of any bytes.
        private func write(_ bytes: [UInt8], to name: [UInt8], in folder: String) throws {
            let path = (Array(folder.utf8) + [UInt8(ascii: "/")] + name).map { CChar(bitPattern: $0) } + [0]
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        }

        // MARK: Broken files

        @Test func amongManyFilesEveryBrokenOneIsNamedAndTheOthersAreAnswered() throws {
            let heap = try folder("heap-of-all")
            let broken = try BrokenImages(in: "\(heap)/broken").made
            #expect(broken.count >= 30)
            for (index, path) in try samples(360).enumerated() {
                let place = "\(heap)/\(index % 7)"
                try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
                try FileManager.default.copyItem(atPath: path, toPath: "\(place)/\(index).\(index % 2 == 0 ? "png" : "JPG")")
            }
            // Strange, but sound: a folder called like an image, inks, deep samples, transparency, a loop of links.
            let odd = "\(heap)/folder.jpg"
            try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: true)
            let strange = [
                "ycck-adobe.jpg", "cmyk-plain.jpg", "rgb-16-trns.png", "palette-4-trns-adam7.png", "grey-alpha-16.png",
                "grey-progressive.jpg",
            ]
            for name in strange { try Data(BrokenImages.golden(name)).write(to: URL(fileURLWithPath: "\(odd)/\(name)")) }
            try Data(animated(BrokenImages.golden("rgb-8.png"))).write(to: URL(fileURLWithPath: "\(odd)/animated.png"))
            try Data(BrokenImages.golden("rgb-8.png")).write(to: URL(fileURLWithPath: "\(odd)/without-ending"))
            try FileManager.default.createSymbolicLink(atPath: "\(odd)/again", withDestinationPath: "..")

            let strict = try classify([heap, "--output", "heap.csv"])
            #expect(strict.status == 65, "\(strict.messages)")
            #expect(strict.errors.count == 1)
            let files = try lines("heap.csv").map { $0.split(separator: ",")[0] }
            #expect(files.count == 360 + strange.count + 2)
            #expect(files == files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
            #expect(Set(files).count == files.count)
            let warnings = strict.messages.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
            #expect(warnings.count == broken.count, "\(strict.messages)")
            for file in broken {
                let named = warnings.filter { $0.contains("/\(file.name): ") }
                #expect(named.count == 1, "\(file.name)")
                #expect(named.first?.contains(file.reason) == true, "\(file.name): \(named)")
                #expect(!files.contains { $0.hasSuffix("/\(file.name)") })
            }
            let lenient = try classify([heap, "--output", "heap-again.csv", "--on-bad-image", "skip"])
            #expect(lenient.status == 0, "\(lenient.messages)")
            #expect(try program.read("heap.csv") == program.read("heap-again.csv"))
            #expect(lenient.messages.contains("\(broken.count) bad files"))
        }

        /// Two frames more than a PNG has, as an APNG stores them.
        private func animated(_ png: [UInt8]) throws -> [UInt8] {
            func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
                let content = Array(name.utf8) + body
                let crc = ~content.reduce(UInt32.max) { crc, byte in
                    (0..<8).reduce(crc ^ UInt32(byte)) { word, _ in word & 1 == 1 ? word >> 1 ^ 0xEDB8_8320 : word >> 1 }
                }
                return [0, 0, 0, UInt8(body.count)] + content + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc >> $0) }
            }
            let control = chunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0])
            return Array(png[..<33]) + control + Array(png[33..<(png.count - 12)]) + chunk("fdAT", [0, 0, 0, 1, 1, 2])
                + Array(png.suffix(12))
        }

        @Test func aPipeNamedItselfIsNotWaitedFor() throws {
            let place = try folder("pipes")
            #expect(mkfifo("\(place)/a.png", 0o600) == 0 && mkfifo("\(place)/b", 0o600) == 0)
            let outcome = try classify(["\(place)/a.png", "\(place)/b", place])
            #expect(outcome.status == 65)
            #expect(outcome.messages.components(separatedBy: "found a pipe").count == 4, "\(outcome.messages)")
        }

        @Test func aFolderWithoutImagesIsAnErrorAndAMissingPathTooAtOnce() throws {
            let place = try folder("bare")
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(place)/notes.txt"))
            let bare = try classify([place])
            #expect(bare.status == 66 && bare.messages.contains("holds no PNG or JPEG image"))
            let missing = try classify([images, "absent"])
            #expect(missing.status == 66 && missing.output.isEmpty && missing.messages.contains("absent"))
            #expect(try classify([]).status == 64)
            #expect(try classify(["-", "--files-from", "-"]).status == 64)
            #expect(try classify([images, "--resume"]).status == 64)
        }

        // MARK: Names

        @Test func namesOfAnyBytesSurvive() throws {
            let place = try folder("names")
            let image = try Data(contentsOf: URL(fileURLWithPath: samples(1)[0]))
            let names: [[UInt8]] = [
                Array("new\nline.png".utf8), Array("quote\"comma,.png".utf8), [0xFF, 0xFE] + Array("raw.png".utf8),
                Array("Grüße.png".utf8), Array("back\\slash\t\u{1B}.png".utf8), Array("car\rriage.png".utf8),
            ]
            for name in names { try write(Array(image), to: name, in: place) }
            try write([1, 2, 3], to: Array("bad\u{1B}[31m\n.png".utf8), in: place)
            let expected = Set(names.map { Array("names/".utf8) + $0 })

            let csv = try classify(["names", "--output", "names.csv", "--on-bad-image", "skip"])
            #expect(csv.status == 0, "\(csv.messages)")
            #expect(csv.messages.contains(#"names/bad\x1B[31m\n.png: "#))
            let records = try self.records("names.csv")
            #expect(records.count == 7 && Set(records.dropFirst().map { $0[0] }) == expected)

            let json = try classify(["names", "--format", "jsonl", "--output", "names.jsonl", "--on-bad-image", "skip"])
            #expect(json.status == 0)
            var found: Set<[UInt8]> = []
            for line in try lines("names.jsonl", header: false) {
                let value = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let text = try #require(value["file"] as? String)
                if let digits = (value["fileBytes"] as? String).map({ Array($0.utf8) }) {
                    #expect(text.contains("\u{FFFD}"))
                    found.insert(
                        stride(from: 0, to: digits.count, by: 2).map {
                            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
                        })
                } else {
                    found.insert(Array(text.utf8))
                }
            }
            #expect(found == expected)

            // The same by lists, which know no encoding either.
            let list = names.reduce(into: [UInt8]()) { $0 += Array("names/".utf8) + $1 + [0] }
            let listed = try classify(["-", "--null", "--output", "listed.csv"], input: list)
            #expect(listed.status == 0, "\(listed.messages)")
            #expect(try Set(self.records("listed.csv").dropFirst().map { $0[0] }) == expected)

            // Both kinds of lines are understood again.
            for (output, format) in [("names.csv", "csv"), ("names.jsonl", "jsonl")] {
                let again = try classify(
                    ["names", "--format", format, "--output", output, "--resume", "--on-bad-image", "skip"])
                #expect(again.status == 0 && again.messages.contains("6 images were answered"), "\(again.messages)")
                #expect(try self.lines(output, header: false).count >= 6)
            }
            #expect(try self.records("names.csv") == records)
        }

        // MARK: Archives and lists

        @Test(arguments: ["set.zip", "set.tar", "set.tar.gz", "set.tar.xz"]) func archivesAreReadThrough(name: String) throws {
            // Those that know links hold one to an image, which is named.
            let outcome = try classify(["\(Self.archives)/\(name)", "--on-bad-image", "skip"])
            #expect(outcome.status == 0, "\(outcome.messages)")
            let reference = try classify(["\(Self.archives)/set.tar", "--on-bad-image", "skip"])
            func answers(_ outcome: Program.Outcome) -> [String] {
                outcome.output.split(separator: "\n").dropFirst().map { line in
                    line.replacingOccurrences(of: name, with: "X").replacingOccurrences(of: "set.tar,", with: "X,")
                        .components(separatedBy: "archives/").last!.components(separatedBy: "/").dropFirst().joined(
                            separator: "/")
                }.sorted()
            }
            #expect(!answers(outcome).isEmpty)
            #expect(answers(outcome) == answers(reference))
        }

        @Test func archivesWithLinksBadEntriesAndOddNamesAreAnsweredAsFarAsTheyCan() throws {
            let place = try folder("packing")
            let image = try Array(Data(contentsOf: URL(fileURLWithPath: samples(1)[0])))
            try write(image, to: [0xE9] + Array("t\u{E9}.png".utf8), in: place)
            try write(image, to: Array("good.png".utf8), in: place)
            try write(Array(image.prefix(60)), to: Array("torn.png".utf8), in: place)
            try write(image, to: Array("unnamed".utf8), in: place)
            try write(Array("words".utf8), to: Array("notes.txt".utf8), in: place)
            try FileManager.default.createSymbolicLink(atPath: "\(place)/link.png", withDestinationPath: "good.png")
            let tar = Process()
            tar.executableURL = URL(fileURLWithPath: "/bin/tar")
            tar.arguments = ["--sort=name", "-cf", "\(program.folder)/odd.tar", "-C", program.folder, "packing"]
            try tar.run()
            tar.waitUntilExit()
            let outcome = try classify(["odd.tar", "--output", "odd.csv"])
            #expect(outcome.status == 65, "\(outcome.messages)")
            let files = try records("odd.csv").dropFirst().map { $0[0] }
            #expect(
                Set(files)
                    == Set([
                        Array("odd.tar/packing/".utf8) + [0xE9] + Array("t\u{E9}.png".utf8),
                        Array("odd.tar/packing/good.png".utf8), Array("odd.tar/packing/unnamed".utf8),
                    ]))
            #expect(outcome.messages.contains("link.png: expected a file, found a link"))
            #expect(outcome.messages.contains("torn.png: truncated PNG"))

            let whole = try program.read("odd.tar")
            try program.write(Array(whole.prefix(whole.count / 3)), to: "cut.tar")
            let cut = try classify(["cut.tar", images, "--output", "cut.csv", "--on-bad-image", "skip"])
            // Nobody knows how many images are behind: no answer file is complete without them.
            #expect(cut.status == 65, "\(cut.messages)")
            #expect(cut.messages.contains("cut.tar") && cut.messages.contains("1 input: could not be read to the end"))
            #expect(try records("cut.csv.partial").count >= 61 && !program.exists("cut.csv"))
            for name in ["cut.csv.partial", "cut.csv.partial.origin.json"] {
                try FileManager.default.removeItem(atPath: "\(program.folder)/\(name)")
            }
        }

        /// One that breaks off before its first image is no single bad file either.
        @Test func anArchiveThatCannotBeOpenedIsNotSkipped() throws {
            try program.write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3], to: "torn.tar.gz")
            let torn = try classify(["torn.tar.gz", images, "--output", "torn.csv", "--on-bad-image", "skip"])
            #expect(torn.status == 65 && torn.messages.contains("1 input: could not be read to the end"), "\(torn.messages)")
            #expect(!program.exists("torn.csv"))
            for name in ["torn.csv.partial", "torn.csv.partial.origin.json"] {
                try FileManager.default.removeItem(atPath: "\(program.folder)/\(name)")
            }
        }

        @Test func listsNameFilesFoldersAndArchives() throws {
            let files = try samples(3)
            let direct = try classify(files + [images])
            let list = Array((files + ["", images]).joined(separator: "\n").utf8)
            let piped = try classify(["-"], input: list)
            #expect(piped.output == direct.output)
            try program.write(list + [10], to: "list.txt")
            #expect(try classify(["--files-from", "list.txt"]).output == direct.output)
            let misnamed = try classify(["list.txt"])
            #expect(misnamed.status == 65 && misnamed.messages.contains("list.txt: "), "\(misnamed.messages)")
            #expect(misnamed.messages.contains("found text; name a list of images with --files-from"), "\(misnamed.messages)")
            #expect(misnamed.messages.contains("error: 1 of 1 file: got no answer; the warnings"), "\(misnamed.messages)")
            #expect(!misnamed.messages.contains("all others"), "\(misnamed.messages)")
            let gaps = try classify(["-"], input: Array("absent.png\n\(files[0])\n".utf8))
            #expect(gaps.status == 65 && gaps.messages.contains("absent.png: cannot be read"))
            #expect(gaps.output.split(separator: "\n").count == 2)
            let unlisted = try classify([files[0], "--null"])
            #expect(unlisted.status == 64 && unlisted.messages.contains("--files-from"), "\(unlisted.messages)")
            let zeros = try classify(["-"], input: Array("\(files[0])\0\(files[1])\0".utf8))
            #expect(zeros.status == 65 && zeros.messages.contains("add --null"), "\(zeros.messages)")
            let marked = try classify(["-"], input: [0xEF, 0xBB, 0xBF] + Array("\(files[0])\r\n\(files[1])\r\n".utf8))
            #expect(marked.status == 0 && marked.output.split(separator: "\n").count == 3, "\(marked.messages)")
            let loose = try classify(["-"], input: Array("\(files[0])\r\n\r\n\r".utf8))
            #expect(loose.status == 0 && loose.output.split(separator: "\n").count == 2, "\(loose.messages)")
            let wide = try classify(["-"], input: [0xFF, 0xFE] + files[0].utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
            #expect(wide.status == 65 && wide.messages.contains("found UTF-16; save it as UTF-8"), "\(wide.messages)")
            let short = try classify(["-", "--all-probabilities", "-0"], input: Array("\(files[0])\0\(files[1])\0".utf8))
            #expect(short.status == 0 && short.output.split(separator: "\n").count == 3, "\(short.messages)")
        }

        // MARK: What is written

        @Test func theMostProbableClassesAndAllProbabilitiesAreListed() throws {
            let csv = try classify([images, "--top-k", "3", "--all-probabilities"])
            let rows = csv.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            #expect(
                rows[0].prefix(9).joined(separator: ",")
                    == "file,class,probability,exit,macs,class_2,probability_2,class_3,probability_3")
            #expect(rows[0].count == 19 && rows[0][9] == "p(ankle-boot)")
            for row in rows.dropFirst() {
                let all = row[9...].compactMap { Double($0) }
                #expect(all.count == 10 && abs(all.reduce(0, +) - 1) < 0.001)
                let sorted = all.sorted(by: >)
                #expect(row[2] == row[9 + (rows[0][9...].firstIndex { $0 == "p(\(row[1]))" } ?? 9) - 9])
                #expect([row[2], row[6], row[8]].compactMap { Double($0) } == Array(sorted.prefix(3)))
            }
            let json = try classify([images, "--format", "jsonl", "--top-k", "99", "--all-probabilities"])
            for line in json.output.split(separator: "\n") {
                let value = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let top = try #require(value["top"] as? [[String: Any]])
                let all = try #require(value["probabilities"] as? [String: Double])
                #expect(top.count == 10 && all.count == 10)
                #expect(top[0]["class"] as? String == value["class"] as? String)
                #expect(abs(all.values.reduce(0, +) - 1) < 1e-9)
            }
        }

        @Test func imagesAreLinkedByClass() throws {
            let lines = try classify([images]).output.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
            for attempt in 1...2 {
                let outcome = try classify([images, "--links", "linked"])
                #expect(outcome.status == 0 && outcome.output.isEmpty, "run \(attempt): \(outcome.messages)")
                for line in lines {
                    let link = "\(program.folder)/linked/\(line[1])/\(line[0].split(separator: "/").last ?? "")"
                    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == line[0])
                }
            }
            // The same name from another folder gets a name of its own, and both ends are written.
            let place = try folder("double")
            let name = String(try #require(lines.first?[0].split(separator: "/").last))
            try FileManager.default.copyItem(atPath: "\(images)/\(name)", toPath: "\(place)/\(name)")
            let second = try classify(["double", "--links", "linked", "--output", "double.csv"])
            #expect(second.status == 0 && program.exists("double.csv"), "\(second.messages)")
            let found = try FileManager.default.subpathsOfDirectory(atPath: "\(program.folder)/linked").filter {
                $0.contains("~")
            }
            #expect(found.count == 1)
            #expect(
                try FileManager.default.destinationOfSymbolicLink(atPath: "\(program.folder)/linked/\(found[0])")
                    .hasSuffix("/double/\(name)"))
            let links = try FileManager.default.subpathsOfDirectory(atPath: "\(program.folder)/linked")
            let archive = try classify([samples(600).last ?? "", "\(Self.archives)/set.zip", "--links", "linked"])
            #expect(archive.status == 64 && archive.messages.contains("unpack the archive"), "\(archive.messages)")
            // Before any work is done.
            #expect(try FileManager.default.subpathsOfDirectory(atPath: "\(program.folder)/linked") == links)
            let listed = try classify(["-", "--links", "linked"], input: Array("\(Self.archives)/set.zip".utf8))
            #expect(listed.status == 64 && listed.messages.contains("unpack the archive"), "\(listed.messages)")
        }

        // MARK: Reading back

        private func lines(_ name: String, header: Bool = true) throws -> [String] {
            let lines = String(decoding: try program.read(name), as: UTF8.self).split(separator: "\n").map(String.init)
            return header ? Array(lines.dropFirst()) : lines
        }

        /// CSV with quotes and line ends in fields, as RFC 4180 has it.
        private func records(_ name: String) throws -> [[[UInt8]]] {
            var records: [[[UInt8]]] = []
            var record: [[UInt8]] = [[]]
            var isQuoted = false
            let bytes = try program.read(name)
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                switch (byte, isQuoted) {
                case (34, true) where index < bytes.count && bytes[index] == 34:
                    record[record.count - 1].append(34)
                    index += 1
                case (34, _): isQuoted.toggle()
                case (44, false): record.append([])
                case (10, false):
                    records.append(record)
                    record = [[]]
                default: record[record.count - 1].append(byte)
                }
            }
            #expect(!isQuoted && record == [[]])
            return records
        }
    }
}
