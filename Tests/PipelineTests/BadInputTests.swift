import Foundation
import Testing

extension Pipeline {
    /// What goes wrong is one line with the thing, the problem and the way out, the right status, and nothing half-written.
    @Suite(.serialized)
    struct BadInputTests {
        private let program = Workshop.program

        private func expectError(
            _ outcome: Program.Outcome, status: Int32, _ fragments: String..., location: SourceLocation = #_sourceLocation
        ) throws {
            #expect(outcome.status == status, "\(outcome.messages)", sourceLocation: location)
            #expect(outcome.errors.count == 1, "\(outcome.messages)", sourceLocation: location)
            for fragment in fragments {
                #expect(outcome.messages.contains(fragment), "\(fragment) in \(outcome.messages)", sourceLocation: location)
            }
            #expect(try program.leftovers().isEmpty, sourceLocation: location)
        }

        private func folder(_ name: String, classes: [String: [String]] = [:]) throws {
            let manager = FileManager.default
            try? manager.removeItem(atPath: "\(program.folder)/\(name)")
            try manager.createDirectory(atPath: "\(program.folder)/\(name)", withIntermediateDirectories: true)
            for (label, files) in classes {
                try manager.createDirectory(atPath: "\(program.folder)/\(name)/\(label)", withIntermediateDirectories: true)
                for (index, file) in files.enumerated() {
                    try manager.copyItem(atPath: file, toPath: "\(program.folder)/\(name)/\(label)/\(index).png")
                }
            }
        }

        private func images(_ label: String, _ count: Int) throws -> [String] {
            let folder = "\(Program.samples)/train/\(label)"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".png") }.sorted()
            return names.prefix(count).map { "\(folder)/\($0)" }
        }

        @Test func sources() throws {
            try expectError(program.run("ingest", "nowhere", "-o", "x.erds"), status: 66, "nowhere")
            try folder("empty")
            try expectError(program.run("ingest", "empty", "-o", "x.erds"), status: 65, "empty")
            try folder("lonely", classes: ["bag": images("bag", 4)])
            try expectError(program.run("ingest", "lonely", "-o", "x.erds"), status: 65, "lonely")
            #expect(!program.exists("x.erds"))
        }

        @Test func badImagesAreNamedAndSkippedOnRequest() throws {
            try folder("mixed", classes: ["bag": images("bag", 10), "coat": images("coat", 10)])
            let whole = try program.read("mixed/bag/0.png")
            try program.write(Array(whole.prefix(whole.count / 2)), to: "mixed/bag/torn.png")
            try program.write(Array("GIF89a".utf8) + [0, 0, 0, 0], to: "mixed/coat/fake.png")
            let strict = try program.run("ingest", "mixed", "-o", "mixed.erds")
            try expectError(
                strict, status: 65, "error: mixed: 2 images cannot be used", "--on-bad-image skip",
                "\n  mixed/bag/torn.png: truncated PNG\n  mixed/coat/fake.png: expected a PNG or JPEG image, found a GIF image\n")
            #expect(!program.exists("mixed.erds"))
            let lenient = try program.run("ingest", "mixed", "-o", "mixed.erds", "--on-bad-image", "skip")
            #expect(lenient.status == 0, "\(lenient.messages)")
            #expect(lenient.output.contains("2 bad images") && lenient.output.contains("fake.png"))
        }

        @Test func aCheckNamesWhatIsWrongAndWritesNoDataset() throws {
            try folder("checked", classes: ["bag": images("bag", 10), "coat": images("coat", 10)])
            let copy = try program.read("checked/bag/0.png")
            try program.write(copy, to: "checked/coat/copy.png")
            let sound = try program.run("ingest", "checked", "--check")
            #expect(sound.status == 0, "\(sound.messages)")
            #expect(sound.output.contains("duplicates across classes: 1") && sound.output.contains("coat/copy.png"))
            try program.write(Array(copy.prefix(copy.count / 2)), to: "checked/bag/torn.png")
            let torn = try program.run("ingest", "checked", "--check", "--html", "checked.html")
            try expectError(torn, status: 65, "torn.png", "truncated PNG")
            #expect(torn.output.contains("truncated images: 1"))
            #expect(String(decoding: try program.read("checked.html"), as: UTF8.self).contains("data:image/png;base64,"))
            let lenient = try program.run("ingest", "checked", "--check", "--on-bad-image", "skip", "--json")
            #expect(lenient.status == 0 && lenient.output.contains("\"kind\""), "\(lenient.messages)")
            try expectError(program.run("ingest", "checked"), status: 64, "--output")
            try expectError(program.run("ingest", "checked", "-o", "x.erds", "--html", "x.html"), status: 64, "--check")
        }

        @Test func damagedFiles() throws {
            _ = Workshop.made
            let model = try program.read("teacher.pb")
            try program.write(Array(model.prefix(model.count / 2)), to: "torn.pb")
            try expectError(program.run("inspect", "torn.pb"), status: 65, "torn.pb")
            try program.write(Array("not a model".utf8), to: "foreign.pb")
            try expectError(program.run("classify", "foreign.pb", Program.samples), status: 65, "foreign.pb")
            try expectError(program.run("compress", "none.pb", "--target-macs", "1M"), status: 66, "none.pb")
            var data = try program.read("data.erds")
            try program.write(Array(data.prefix(1000)), to: "torn.erds")
            try expectError(program.run("train", "torn.erds"), status: 65, "torn.erds")
            data[data.count / 2] ^= 1
            try program.write(data, to: "flipped.erds")
            try expectError(program.run("train", "flipped.erds"), status: 65, "flipped.erds")
            try expectError(program.run("train", "teacher.pb", "-o", "never.pb"), status: 65, "teacher.pb")
        }

        @Test func targets() throws {
            _ = Workshop.made
            let word = try program.run("compress", "teacher.pb", "--target-macs", "plenty")
            try expectError(word, status: 64, "plenty")
            let small = try program.run("compress", "teacher.pb", "--target-macs", "1k")
            try expectError(small, status: 64, "at least")
            let named = try program.run(
                "compress", "teacher.pb", "--target-macs", "100k", "--student", Workshop.network)
            try expectError(named, status: 64, "first exit alone costs")
            let idle = try program.run(
                "compress", "teacher.pb", "--target-macs", "1.2M", "--student", Workshop.network, "--search-epochs", "2",
                "--output", "never")
            try expectError(idle, status: 64, "--search-epochs: chooses among students", Workshop.network)
            let calibration = try program.run("calibrate", "small/student.pb", "--budgets", "10k")
            try expectError(calibration, status: 64, "first exit alone costs")
        }

        @Test func outputsThatCannotBeWritten() throws {
            _ = Workshop.made
            try program.write([1], to: "file")
            try expectError(program.run("train", "data.erds", "-o", "file/teacher.pb"), status: 73, "file/teacher.pb")
            try expectError(
                program.run("compress", "teacher.pb", "--target-macs", "1.2M", "--output", "file/deep"), status: 73, "file/deep")
            try expectError(
                program.run("classify", "teacher.pb", Program.samples, "--output", "missing/x.csv"), status: 73, "missing")
        }

        @Test func recipes() throws {
            _ = Workshop.made
            try program.write(Array(#"{"training": {"epoch": 3}}"#.utf8), to: "wrong.json")
            let unknown = try program.run("train", "data.erds", "--recipe", "wrong.json", "-o", "y.pb")
            try expectError(unknown, status: 64, "training.epoch", "epochs")
            let value = try program.run("train", "data.erds", "--epochs", "0", "-o", "y.pb")
            try expectError(value, status: 64, "epochs")
            let network = try program.run("train", "data.erds", "--arch", "lenet", "-o", "y.pb")
            try expectError(network, status: 64, "lenet")
            let method = try program.run("train", "data.erds", "--method", "erde", "-o", "y.pb")
            try expectError(method, status: 64, "--method", "erde compress")
            let unused = try program.run("train", "data.erds", "--mate-rho", "0.5", "-o", "y.pb")
            try expectError(unused, status: 64, "ce does not learn from its own exits")
            let weights = try program.run(
                "train", "data.erds", "--arch", Workshop.network, "--exit-weights", "1,1,1", "-o", "y.pb")
            try expectError(weights, status: 64, "exitWeights", "2 weights")
        }

        /// A negative number is a value, and an option is none.
        @Test func negativeNumbersAreJudged() throws {
            _ = Workshop.made
            let epochs = try program.run("train", "data.erds", "--epochs", "-1", "-o", "y.pb")
            try expectError(epochs, status: 64, "epochs (--epochs): expected 1 to 100000, found -1")
            let target = try program.run("compress", "teacher.pb", "--target-macs", "-5M", "--output", "never")
            try expectError(target, status: 64, "'-5M' is invalid for '--target-macs")
            let weights = try program.run("train", "data.erds", "--exit-weights", "-.5,1", "-o", "y.pb")
            try expectError(weights, status: 64, "--exit-weights", "-0.5")
            let forgotten = try program.run("train", "data.erds", "--epochs", "--seed", "1", "-o", "y.pb")
            try expectError(forgotten, status: 64, "Missing value for '--epochs")
            let last = try program.run("train", "data.erds", "-o", "y.pb", "--epochs")
            try expectError(last, status: 64, "Missing value for '--epochs")
        }

        @Test func badImagesDoNotStopClassification() throws {
            _ = Workshop.made
            try folder("heap", classes: ["bag": images("bag", 3)])
            try program.write([0x89, 0x50, 0x4E, 0x47], to: "heap/bag/bad.png")
            let strict = try program.run("classify", "teacher.pb", "heap", "--threads", "1")
            #expect(strict.status == 65)
            #expect(strict.output.split(separator: "\n").count == 4)
            #expect(strict.messages.contains("bad.png"))
            let lenient = try program.run("classify", "teacher.pb", "heap", "--on-bad-image", "skip", "--threads", "1")
            #expect(lenient.status == 0)
        }

        @Test func trainingGoesOnAfterAnInterruption() throws {
            _ = Workshop.made
            let arguments = [
                "train", "data.erds", "--arch", Workshop.network, "--epochs", "5", "--threads", "1", "--batch", "32",
            ]
            let whole = try program.start(arguments + ["-o", "whole.pb"])
            #expect(Program.finish(whole.0, whole.1, whole.2).status == 0)
            let (process, output, messages) = try program.start(arguments + ["-o", "cut.pb"])
            // The first checkpoint is written after the first epoch.
            while !program.exists("cut.checkpoint") && process.isRunning { usleep(10_000) }
            process.interrupt()
            let outcome = Program.finish(process, output, messages)
            try expectError(outcome, status: 75, "--resume")
            #expect(!program.exists("cut.pb"))
            let resumed = try program.start(arguments + ["-o", "cut.pb", "--resume"])
            let end = Program.finish(resumed.0, resumed.1, resumed.2)
            #expect(end.status == 0, "\(end.messages)")
            #expect(try program.read("cut.pb") == program.read("whole.pb"), "the same model, byte for byte")
        }
    }
}
