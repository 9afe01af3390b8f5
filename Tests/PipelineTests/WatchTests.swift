import Foundation
import Testing

extension Pipeline {
    /// `erde classify --watch`: each file once, none half-written.
    @Suite(.serialized)
    struct WatchTests {
        private let program = Workshop.program

        private func folder(_ name: String) throws -> String {
            let path = "\(program.folder)/\(name)"
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            return path
        }

        private func images(_ count: Int) throws -> [[UInt8]] {
            let folder = "\(Program.samples)/test/bag"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".png") }.sorted()
            return try names.prefix(count).map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))) }
        }

        private func append(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
            #expect(Array(bytes).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
        }

        @Test func eachFileIsAnsweredOnceHoweverItArrives() throws {
            _ = Workshop.made
            let place = try folder("inbox")
            let images = try images(8)
            func put(_ index: Int, _ name: String) throws {
                try Data(images[index]).write(to: URL(fileURLWithPath: "\(place)/\(name)"))
            }
            try put(0, "early.png")
            let (process, output, messages) = try program.start([
                "classify", "small/student.pb", "--watch", "inbox", "--output", "inbox.csv", "--threads", "1",
            ])
            while !program.exists("inbox.csv.partial") && process.isRunning { usleep(10_000) }
            usleep(300_000)
            try put(1, "arrives.png")
            // Written slowly, with a pause longer than a file needs to count as settled.
            let slow = open("\(place)/slow.png", O_WRONLY | O_CREAT, 0o644)
            append(images[2][..<100], to: slow)
            // Under a temporary name, then moved; in a new folder; by a link; overwritten with the same; torn for good.
            try put(3, "download.png.part")
            try FileManager.default.moveItem(atPath: "\(place)/download.png.part", toPath: "\(place)/download.png")
            try FileManager.default.createDirectory(atPath: "\(place)/new/deep", withIntermediateDirectories: true)
            try put(4, "new/deep/inside.png")
            try FileManager.default.linkItem(atPath: "\(place)/early.png", toPath: "\(place)/link.png")
            try put(1, "arrives.png")
            try Data(images[5].prefix(90)).write(to: URL(fileURLWithPath: "\(place)/torn.png"))
            try Data("text".utf8).write(to: URL(fileURLWithPath: "\(place)/notes.txt"))
            usleep(1_600_000)
            append(images[2][100...], to: slow)
            close(slow)
            usleep(2_500_000)
            process.interrupt()
            let outcome = Program.finish(process, output, messages)
            #expect(outcome.status == 130, "\(outcome.messages)")
            let files = String(decoding: try program.read("inbox.csv"), as: UTF8.self).split(separator: "\n").dropFirst()
                .map { String($0.split(separator: ",")[0]) }
            #expect(
                files.sorted() == [
                    "inbox/arrives.png", "inbox/download.png", "inbox/early.png", "inbox/link.png",
                    "inbox/new/deep/inside.png", "inbox/slow.png",
                ])
            #expect(outcome.messages.components(separatedBy: "torn.png: truncated PNG").count == 2, "\(outcome.messages)")
            #expect(!outcome.messages.contains("slow.png"), "\(outcome.messages)")

            // Later, only what is new is answered.
            try put(6, "later.png")
            let again = try program.run(
                "classify", "small/student.pb", "--watch", "inbox", "--watch-for", "1.5", "--output", "inbox.csv", "--resume",
                "--on-bad-image", "skip")
            #expect(again.status == 0, "\(again.messages)")
            let lines = String(decoding: try program.read("inbox.csv"), as: UTF8.self).split(separator: "\n").dropFirst()
            #expect(lines.count == 7 && lines.last?.hasPrefix("inbox/later.png,") == true)
        }

        /// Folders keep their names though links lead to them, and files count that were written elsewhere and linked here.
        @Test func linksBringFilesAndRenameNoFolders() throws {
            _ = Workshop.made
            let (place, store) = (try folder("linked"), try folder("store"))
            let images = try images(3)
            try FileManager.default.createDirectory(atPath: "\(place)/sub", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: "\(place)/sub/up", withDestinationPath: "..")
            try FileManager.default.createSymbolicLink(atPath: "\(place)/zlink", withDestinationPath: "sub")
            let (process, output, messages) = try program.start([
                "classify", "small/student.pb", "--watch", "linked", "--output", "linked.csv", "--threads", "1",
                "--watch-for", "8",
            ])
            while !program.exists("linked.csv.partial") && process.isRunning { usleep(10_000) }
            try Data(images[0]).write(to: URL(fileURLWithPath: "\(store)/a.png"))
            #expect(link("\(store)/a.png", "\(place)/delivered.png") == 0 && unlink("\(store)/a.png") == 0)
            try Data(images[1]).write(to: URL(fileURLWithPath: "\(place)/own.png"))
            try Data(images[2]).write(to: URL(fileURLWithPath: "\(place)/sub/inner.png"))
            let outcome = Program.finish(process, output, messages)
            #expect(outcome.status == 0, "\(outcome.messages)")
            let files = String(decoding: try program.read("linked.csv"), as: UTF8.self).split(separator: "\n").dropFirst()
                .map { String($0.split(separator: ",")[0]) }
            #expect(files.sorted() == ["linked/delivered.png", "linked/own.png", "linked/sub/inner.png"], "\(outcome.messages)")
        }

        @Test func whatCannotBeWatchedIsRefused() throws {
            _ = Workshop.made
            let missing = try program.run("classify", "small/student.pb", "--watch", "absent-folder")
            #expect(missing.status == 66 && missing.errors.count == 1, "\(missing.messages)")
            let both = try program.run("classify", "small/student.pb", "x", "--watch", "y")
            #expect(both.status == 64)
            #expect(try program.run("classify", "small/student.pb", "x", "--watch-for", "1").status == 64)
        }
    }
}
