import Foundation
import Testing

extension Pipeline {
    /// What could be lost, mixed up or overlooked is not.
    @Suite(.serialized)
    struct CarefulnessTests {
        private let program = Workshop.program
        private let student = "small/student.pb"

        /// Runs a line in a shell, which can say what `Process` cannot: full devices, bytes that are no text.
        private func shell(_ line: String) throws -> Program.Outcome {
            let (process, output, messages) = try program.start(["-c", line, Program.path], program: "/bin/sh")
            return Program.finish(process, output, messages)
        }

        private func folder(_ name: String, images count: Int) throws -> String {
            let path = "\(program.folder)/\(name)"
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let source = "\(Program.samples)/test/bag"
            for name in try FileManager.default.contentsOfDirectory(atPath: source).sorted().prefix(count) {
                try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(path)/\(name)")
            }
            return path
        }

        @Test func aResultThatStdoutDoesNotTakeIsAnError() throws {
            _ = Workshop.made
            for line in [
                "inspect \(student) --json", "evaluate \(student) --threads 1", "classify \(student) \(Program.samples)/test",
            ] {
                let outcome = try shell("\"$0\" \(line) > /dev/full")
                #expect(outcome.status == 73, "\(outcome.messages)")
                #expect(outcome.messages.contains("stdout: cannot be written"), "\(outcome.messages)")
                #expect(!outcome.messages.contains("--resume"))
            }
        }

        /// The data of a model are read though nobody names them.
        @Test func whatIsReadIsNotWrittenOver() throws {
            _ = Workshop.made
            let data = try program.read("data.erds")
            for arguments in [
                ["evaluate", student, "--dump-logits", "data.erds"], ["evaluate", student, "--dump-images", "./data.erds"],
                ["export", student, "--to", "onnx", "-o", "data.erds"],
            ] {
                let outcome = try program.run(arguments, input: [])
                #expect(outcome.status == 73 && outcome.messages.contains("data.erds"), "\(arguments): \(outcome.messages)")
            }
            #expect(try program.read("data.erds") == data)
            try program.write(Array("a\nb\nc\nd\n".utf8), to: "names.txt")
            let names = try program.run(
                "import", "\(ImportTests.goldens)/convnext_like.onnx", "--no-normalisation", "--classes", "names.txt", "-o",
                "names.txt")
            #expect(names.status == 73 && names.messages.contains("is what is read"), "\(names.messages)")
            let twice = try program.run("evaluate", student, "--dump-logits", "dump.f32", "--dump-images", "./dump.f32")
            #expect(twice.status == 64 && twice.messages.contains("name one file"), "\(twice.messages)")
            #expect(!program.exists("dump.f32"))
        }

        /// As a variable of a shell that is not set makes it.
        @Test func anEmptyNameIsRefusedBeforeAnyWork() throws {
            _ = Workshop.made
            let files = try FileManager.default.contentsOfDirectory(atPath: program.folder).sorted()
            for arguments in [
                ["train", "data.erds", "-o", ""], ["compress", "teacher.pb", "--target-macs", "1.2M", "--output", ""],
                ["prune", student, "--to", "70%", "-o", ""],
                ["classify", student, "\(Program.samples)/test/bag", "--output", ""],
                ["export", student, "--to", "onnx", "-o", ""],
            ] {
                let outcome = try program.run(arguments, input: [])
                #expect(outcome.status == 64 && outcome.messages.contains("is empty"), "\(arguments): \(outcome.messages)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder).sorted() == files)
        }

        @Test func aPartOfASplitHasAllItsClasses() throws {
            _ = Workshop.made
            let outcome = try program.run("evaluate", student, "--limit", "20", "--json", "--threads", "1")
            #expect(outcome.status == 0, "\(outcome.messages)")
            let table = try program.run("evaluate", student, "--limit", "20", "--threads", "1").output
            let counts = table.split(separator: "\n").compactMap { $0.firstMatch(of: /^(\S+) +2 +\d+\.\d\d %/)?.output.1 }
            #expect(counts.count == 10, "\(table)")
        }

        @Test func aMeanAboveTheMostIsRefused() throws {
            _ = Workshop.made
            let outcome = try program.run(
                "compress", "teacher.pb", "--target-macs", "1.2M", "--max-macs", "1M", "--output", "never")
            #expect(outcome.status == 64 && outcome.messages.contains("raise --max-macs"), "\(outcome.messages)")
            #expect(!program.exists("never"))
        }

        @Test func aMisspeltCommandIsNamed() throws {
            for (arguments, fragment) in [
                (["ingst", "photos"], "did you mean erde ingest?"), (["help", "clasify"], "did you mean erde classify?"),
                (["nonsense"], "erde --help lists them"),
            ] {
                let outcome = try program.run(arguments, input: [])
                #expect(outcome.status == 64 && outcome.messages.contains(fragment), "\(outcome.messages)")
                #expect(outcome.output.isEmpty)
            }
            #expect(try program.run("help", "classify").status == 0)
        }

        @Test func argumentsThatAreNoTextAreToldApart() throws {
            _ = Workshop.made
            let place = try folder("latin", images: 2)
            for (name, byte) in zip(try FileManager.default.contentsOfDirectory(atPath: place).sorted(), ["350", "351"]) {
                let outcome = try shell("mv latin/\(name) \"$(printf 'latin/a\\\(byte).png')\"")
                #expect(outcome.status == 0, "\(outcome.messages)")
            }
            let outcome = try shell(
                "\"$0\" classify \(student) \"$(printf 'latin/a\\351.png')\" \"$(printf 'latin/a\\350.png')\" -o latin.csv")
            #expect(outcome.status == 0, "\(outcome.messages)")
            let lines = try program.read("latin.csv").split(separator: UInt8(ascii: "\n")).dropFirst().map(Array.init)
            #expect(lines.count == 2)
            #expect(lines.first?.starts(with: Array("latin/a".utf8) + [0xE9]) == true)
            #expect(lines.last?.starts(with: Array("latin/a".utf8) + [0xE8]) == true)
        }

        @Test func linksAreNotMadeWhereImagesAreLookedFor() throws {
            _ = Workshop.made
            let place = try folder("fed", images: 2)
            try? FileManager.default.removeItem(atPath: "\(program.folder)/fed-link")
            try FileManager.default.createSymbolicLink(atPath: "\(program.folder)/fed-link", withDestinationPath: "fed")
            for arguments in [
                ["fed", "--links", "fed/sorted"], ["--watch", "fed", "--watch-for", "1", "--links", "fed/sorted"],
                ["fed", "--links", "fed-link/sorted/deep/"], ["fed", "--links", "absent/../fed/sorted"],
            ] {
                let outcome = try program.run(["classify", student] + arguments, input: [])
                #expect(outcome.status == 73 && outcome.messages.contains("lies in fed"), "\(outcome.messages)")
            }
            // Nothing is left where it would be found, as a class without images by an ingest.
            #expect(try FileManager.default.contentsOfDirectory(atPath: place).allSatisfy { $0.hasSuffix(".png") })
            let beside = try program.run("classify", student, "fed", "--links", "fed-sorted")
            #expect(beside.status == 0, "\(beside.messages)")
        }

        @Test func aModelIsNotWrittenWhereItsReportCannotBe() throws {
            _ = Workshop.made
            try FileManager.default.createDirectory(atPath: "\(program.folder)/barred", withIntermediateDirectories: true)
            let model = try program.read(student)
            try program.write(model, to: "barred/student.pb")
            for name in ["student-report", "student-int8-report"] { try program.write([1], to: "barred/\(name)") }
            for arguments in [["calibrate", "barred/student.pb", "--budgets", "1.2M"], ["quantize", "barred/student.pb"]] {
                let outcome = try program.run(arguments, input: [])
                #expect(outcome.status == 73 && outcome.messages.contains("is a file"), "\(outcome.messages)")
            }
            #expect(try program.read("barred/student.pb") == model)
            #expect(!program.exists("barred/student-int8.pb"))
        }

        @Test func thresholdsSurvivePruningWithoutTraining() throws {
            _ = Workshop.made
            let pruning = [
                "prune", student, "--to", "70%", "--importance", "l2", "--no-training", "-o", "thin.pb", "--threads", "1",
            ]
            let pruned = try program.run(pruning, input: [])
            #expect(pruned.status == 0, "\(pruned.messages)")
            #expect(try program.run("inspect", "thin.pb").output.contains("budget "))
            // Without the images they cannot be fitted, which is said.
            try program.write(try program.read("data.erds"), to: "moved.erds")
            let small = try program.run(
                "train", "moved.erds", "-o", "alone.pb", "--arch", Workshop.network, "--epochs", "1", "--threads", "1")
            #expect(small.status == 0, "\(small.messages)")
            #expect(try program.run("calibrate", "alone.pb", "--budgets", "100%", "--threads", "1").status == 0)
            try FileManager.default.removeItem(atPath: "\(program.folder)/moved.erds")
            let alone = try program.run(
                "prune", "alone.pb", "--to", "70%", "--importance", "l2", "--no-training", "-o", "thinner.pb", "--threads", "1")
            #expect(alone.status == 0 && alone.messages.contains("no thresholds"), "\(alone.messages)")
        }

        @Test func optionsOfPruningAloneAreRefused() throws {
            _ = Workshop.made
            for option in [["--importance", "l1"], ["--multiple", "4"], ["--prune-epochs", "2"]] {
                let outcome = try program.run(
                    ["compress", "teacher.pb", "--target-macs", "1.2M", "--output", "unpruned"] + option, input: [])
                #expect(outcome.status == 64 && outcome.messages.contains("--prune"), "\(outcome.messages)")
            }
            #expect(!program.exists("unpruned/student.pb"))
        }

        /// A threshold means the same wherever it is given: it is one on the model's own score.
        @Test func oneThresholdIsOnTheModelsOwnScore() throws {
            _ = Workshop.made
            try program.write(try program.read(student), to: "confident.pb")
            let fitted = try program.run(
                "calibrate", "confident.pb", "--budgets", "1.2M", "--score", "oneMinusMaximum", "--threads", "1")
            #expect(fitted.status == 0, "\(fitted.messages)")
            func result(_ arguments: String...) throws -> [String: Any] {
                let outcome = try program.run(arguments + ["--theta", "0.5", "--json", "--threads", "1"], input: [])
                #expect(outcome.status == 0, "\(outcome.messages)")
                return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            }
            let settings = try #require(try result("evaluate", "confident.pb")["settings"] as? [[String: Any]])
            let value = try #require(settings.first?["meanMACs"])
            let evaluated = try #require(value as? Double ?? (value as? [String: Any])?["value"] as? Double)
            let timed = try #require(try result("bench", "infer", "confident.pb", "--rounds", "1")["meanMACs"] as? Double)
            #expect(abs(evaluated - timed) < 1e-6 * evaluated)
        }

        @Test func anInterruptedIngestLeavesNothing() throws {
            // Enough copies that reading them takes a while.
            let place = "\(program.folder)/many"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            for copy in 0..<40 {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(place)/class\(copy)", withDestinationPath: "\(Program.samples)/train/bag")
            }
            let (process, output, messages) = try program.start(["ingest", "many", "-o", "many.erds"])
            while process.isRunning, try program.leftovers().isEmpty { usleep(200) }
            process.interrupt()
            let outcome = Program.finish(process, output, messages)
            // It may have been done before the signal came.
            #expect(outcome.status == (program.exists("many.erds") ? 0 : 130), "\(outcome.messages)")
            #expect(try program.leftovers().isEmpty)
        }

        @Test func oneUnreadableFolderDoesNotEndAWatch() throws {
            _ = Workshop.made
            let place = try folder("partly", images: 2)
            for name in ["a", "b"] {
                try FileManager.default.createDirectory(atPath: "\(place)/\(name)", withIntermediateDirectories: true)
            }
            let image = try #require(try FileManager.default.contentsOfDirectory(atPath: place).first { $0.hasSuffix(".png") })
            try FileManager.default.copyItem(atPath: "\(place)/\(image)", toPath: "\(place)/b/in.png")
            chmod("\(place)/a", 0)
            defer { chmod("\(place)/a", 0o755) }
            // The superuser may read everything, and so must be somebody else.
            let copy = "\(program.folder)/erde-copy"
            try FileManager.default.copyItem(atPath: Program.path, toPath: copy)
            let user = getuid() == 0 ? "setpriv --reuid 65534 --clear-groups " : ""
            // Where that somebody cannot even start the program, there is nothing to see.
            defer { try? FileManager.default.removeItem(atPath: copy) }
            guard try shell("\(user)./erde-copy inspect \(student)").status == 0 else { return }
            let outcome = try shell(
                "\(user)./erde-copy classify \(student) --watch partly --watch-for 3 --threads 1 > partly.csv")
            #expect(outcome.status == 65 && outcome.messages.contains("partly/a: "), "\(outcome.messages)")
            let lines = String(decoding: try program.read("partly.csv"), as: UTF8.self).split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix("partly/b/in.png,") }, "\(outcome.messages)")
        }
    }
}
