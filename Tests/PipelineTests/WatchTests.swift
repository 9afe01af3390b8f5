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

        private func text(_ name: String) -> String { String(decoding: (try? program.read(name)) ?? [], as: UTF8.self) }

        /// The files with a line in a table of answers, in its order.
        private func answered(_ name: String) -> [String] {
            text(name).split(separator: "\n").dropFirst().map { String($0.split(separator: ",")[0]) }
        }

        /// Waits for what a running program does sooner or later; much longer than it ever takes.
        private func wait(_ process: Process, until isDone: () -> Bool) {
            let limit = ContinuousClock.now + .seconds(60)
            while !isDone() {
                guard process.isRunning, ContinuousClock.now < limit else {
                    Issue.record("what was waited for did not happen")
                    return
                }
                usleep(20_000)
            }
        }

        @Test func eachFileIsAnsweredOnceHoweverItArrives() throws {
            _ = Workshop.made
            let place = try folder("inbox")
            let images = try images(8)
            func put(_ index: Int, _ name: String) throws {
                try Data(images[index]).write(to: URL(fileURLWithPath: "\(place)/\(name)"))
            }
            func tear(_ name: String) throws {
                try Data(images[5].prefix(90)).write(to: URL(fileURLWithPath: "\(place)/\(name)"))
            }
            try put(0, "early.png")
            // Messages go to a file, where they can be read while the program runs.
            let (process, output, messages) = try program.start(
                [
                    "-c", "exec \"$0\" \"$@\" 2> inbox.log", Program.path, "classify", "small/student.pb", "--watch", "inbox",
                    "--output", "inbox.csv", "--threads", "1",
                ], program: "/bin/sh")
            defer { if process.isRunning { process.terminate() } }
            func waitForAnswer(to name: String) {
                wait(process) { answered("inbox.csv.partial").contains("inbox/\(name)") }
            }
            /// A torn file is complained of when it has not changed for as long as a file needs to count as settled.
            func waitForComplaint(about name: String) {
                wait(process) { text("inbox.log").contains("\(name): truncated PNG") }
            }
            waitForAnswer(to: "early.png")
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
            try tear("torn.png")
            try Data("text".utf8).write(to: URL(fileURLWithPath: "\(place)/notes.txt"))
            waitForComplaint(about: "torn.png")
            append(images[2][100...], to: slow)
            close(slow)
            for name in ["arrives.png", "download.png", "new/deep/inside.png", "link.png", "slow.png"] { waitForAnswer(to: name) }
            // As much time again, in which nothing may be answered twice.
            try tear("last.png")
            waitForComplaint(about: "last.png")
            process.interrupt()
            let outcome = Program.finish(process, output, messages)
            let said = text("inbox.log")
            #expect(outcome.status == 130, "\(said)")
            #expect(
                answered("inbox.csv").sorted() == [
                    "inbox/arrives.png", "inbox/download.png", "inbox/early.png", "inbox/link.png",
                    "inbox/new/deep/inside.png", "inbox/slow.png",
                ])
            #expect(said.components(separatedBy: "torn.png: truncated PNG").count == 2, "\(said)")
            #expect(!said.contains("slow.png"), "\(said)")

            // Later, only what is new is answered; at once, since it has not changed for long.
            try put(6, "later.png")
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: "\(place)/later.png")
            let again = try program.run(
                "classify", "small/student.pb", "--watch", "inbox", "--watch-for", "1.5", "--output", "inbox.csv", "--resume",
                "--on-bad-image", "skip")
            #expect(again.status == 0, "\(again.messages)")
            #expect(answered("inbox.csv").count == 7 && answered("inbox.csv").last == "inbox/later.png")
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
            ])
            defer { if process.isRunning { process.terminate() } }
            wait(process) { program.exists("linked.csv.partial") }
            try Data(images[0]).write(to: URL(fileURLWithPath: "\(store)/a.png"))
            #expect(link("\(store)/a.png", "\(place)/delivered.png") == 0 && unlink("\(store)/a.png") == 0)
            try Data(images[1]).write(to: URL(fileURLWithPath: "\(place)/own.png"))
            try Data(images[2]).write(to: URL(fileURLWithPath: "\(place)/sub/inner.png"))
            wait(process) { answered("linked.csv.partial").count >= 3 }
            process.interrupt()
            let outcome = Program.finish(process, output, messages)
            #expect(outcome.status == 130, "\(outcome.messages)")
            #expect(
                answered("linked.csv").sorted() == ["linked/delivered.png", "linked/own.png", "linked/sub/inner.png"],
                "\(outcome.messages)")
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
