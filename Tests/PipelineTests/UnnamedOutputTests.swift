import Foundation
import Testing

extension Pipeline {
    /// Files whose name nobody gave are not replaced, and what lies beside a model is about this one.
    @Suite(.serialized)
    struct UnnamedOutputTests {
        private let program = Workshop.program
        private static let foreign = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Goldens/imports/torch_like.onnx").path

        /// The program in a folder of its own, below the workshop's.
        private func workplace(_ folder: String) throws -> Program {
            let path = "\(program.folder)/\(folder)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            return Program(folder: path)
        }

        @Test func nothingIsReplacedUnasked() throws {
            _ = Workshop.made
            let place = try workplace("unnamed")
            let outputs = ["teacher.pb", "pruned.pb", "own-int8.pb", "student.pb"]
            for name in outputs { try place.write([1], to: name) }
            try place.write(try program.read("teacher.pb"), to: "big.pb")
            try place.write(try program.read("small/student.pb"), to: "own.pb")
            let commands: [(output: String, arguments: [String])] = [
                ("teacher.pb", ["train", "../data.erds", "--arch", Workshop.network, "--epochs", "1"]),
                ("teacher.pb", ["import", Self.foreign, "--no-normalisation"]),
                ("pruned.pb", ["prune", "own.pb", "--to", "70%", "--importance", "l2", "--no-training"]),
                ("own-int8.pb", ["quantize", "own.pb", "--max-drop", "100"]),
                ("student.pb", ["compress", "big.pb", "--target-macs", "1.2M", "--student", Workshop.network, "--epochs", "1"]),
            ]
            for (name, arguments) in commands {
                let outcome = try place.run(arguments + ["--threads", "1"], input: [])
                #expect(outcome.status == 73 && outcome.errors.count == 1, "\(arguments[0]): \(outcome.messages)")
                #expect(outcome.messages.contains("\(name): is there already"), "\(outcome.messages)")
                #expect(outcome.messages.contains("name the output with -o"), "\(outcome.messages)")
            }
            for name in outputs { #expect(try place.read(name) == [1], "\(name)") }
            #expect(try place.leftovers().isEmpty && !place.exists("report"))
            // Who goes on has said so before.
            let resumed = try place.run("train", "../data.erds", "--arch", Workshop.network, "--threads", "1", "--resume")
            #expect(resumed.status == 66 && resumed.messages.contains("teacher.checkpoint"), "\(resumed.messages)")
        }

        @Test func aPageOfSomebodysIsNotReplacedUnasked() throws {
            _ = Workshop.made
            let place = try workplace("paged")
            try place.write(try program.read("teacher.pb"), to: "big.pb")
            try FileManager.default.createDirectory(atPath: "\(place.folder)/report", withIntermediateDirectories: true)
            try place.write([1], to: "report/index.html")
            let outcome = try place.run(
                "compress", "big.pb", "--target-macs", "1.2M", "--student", Workshop.network, "--epochs", "1", "--threads", "1")
            #expect(outcome.status == 73, "\(outcome.messages)")
            #expect(outcome.messages.contains("report/index.html: is there already"), "\(outcome.messages)")
            #expect(try place.read("report/index.html") == [1] && !place.exists("student.pb"))
        }

        @Test func modelsOfAnEarlierRunAreNamed() throws {
            _ = Workshop.made
            let place = try workplace("mixed")
            try place.write(try program.read("teacher.pb"), to: "big.pb")
            try place.write(try program.read("small/student.pb"), to: "student-int8.pb")
            let outcome = try place.run(
                "compress", "big.pb", "--target-macs", "1.2M", "--student", Workshop.network, "--epochs", "1", "--threads", "1",
                "--output", ".")
            #expect(outcome.status == 0, "\(outcome.messages)")
            #expect(outcome.messages.contains("./student-int8.pb stays from an earlier run"), "\(outcome.messages)")
            #expect(try place.read("student-int8.pb") == program.read("small/student.pb"))
        }

        /// A training that comes to nothing leaves the model that is there all that is about it.
        @Test func theLogOfAModelStaysUntilTheNextIsThere() throws {
            _ = Workshop.made
            let place = try workplace("logged")
            let log = try program.read("teacher.metrics.jsonl")
            for name in ["pb", "metrics.jsonl"] { try place.write(try program.read("teacher.\(name)"), to: "kept.\(name)") }
            let training = [
                "train", "../data.erds", "-o", "kept.pb", "--arch", Workshop.network, "--epochs", "1", "--threads", "1",
            ]
            let wild = ["--learning-rate", "1000", "--weight-decay", "1", "--gradient-clip", "0"]
            let failed = try place.run(training + wild, input: [])
            #expect(failed.status == 70, "\(failed.messages)")
            #expect(try place.read("kept.metrics.jsonl") == log)
            let done = try place.run(training, input: [])
            #expect(done.status == 0, "\(done.messages)")
            #expect(try place.read("kept.metrics.jsonl").split(separator: 10).count == 1)
            #expect(!place.exists("kept.checkpoint.metrics.jsonl"))
        }

        @Test func aFreeNameIsTakenAndAGivenOneReplaced() throws {
            let place = try workplace("named")
            for output in [[], ["-o", "teacher.pb"]] {
                let outcome = try place.run(["import", Self.foreign, "--no-normalisation", "--quiet"] + output, input: [])
                #expect(outcome.status == 0, "\(outcome.messages)")
                #expect(outcome.output.hasPrefix("teacher.pb: one exit"), "\(outcome.output)")
            }
        }

        @Test func whatIsAboutAnotherModelGoes() throws {
            _ = Workshop.made
            let place = try workplace("beside")
            let companions = ["recipe.json", "metrics.jsonl", "search.jsonl", "folds"]
            func leaveBehind(_ stem: String) throws { for name in companions { try place.write([1], to: "\(stem).\(name)") } }

            try leaveBehind("foreign")
            let imported = try place.run("import", Self.foreign, "--no-normalisation", "-o", "foreign.pb")
            #expect(imported.status == 0 && imported.messages.contains("Removed foreign.recipe.json"), "\(imported.messages)")
            for name in companions { #expect(!place.exists("foreign.\(name)"), "\(name)") }

            try leaveBehind("trained")
            let trained = try place.run(
                "train", "../data.erds", "-o", "trained.pb", "--arch", Workshop.network, "--epochs", "1", "--threads", "1", "-q")
            #expect(trained.status == 0, "\(trained.messages)")
            #expect(!place.exists("trained.search.jsonl") && !place.exists("trained.folds"))
            for name in ["recipe.json", "metrics.jsonl"] { #expect(try place.read("trained.\(name)").count > 1, "\(name)") }

            try leaveBehind("pruned")
            let pruned = try place.run(
                "prune", "trained.pb", "--to", "70%", "--importance", "l2", "--no-training", "-o", "pruned.pb", "-q")
            #expect(pruned.status == 0, "\(pruned.messages)")
            #expect(try place.read("pruned.recipe.json").count > 1)
            for name in companions.dropFirst() { #expect(!place.exists("pruned.\(name)"), "\(name)") }

            try leaveBehind("fitted")
            for output in ["trained.pb", "fitted.pb"] {
                let fitted = try place.run(
                    "calibrate", "trained.pb", "--budgets", "100%", "-o", output, "--threads", "1", "-q")
                #expect(fitted.status == 0, "\(fitted.messages)")
            }
            #expect(place.exists("trained.recipe.json") && place.exists("trained.metrics.jsonl"))
            for name in companions { #expect(!place.exists("fitted.\(name)"), "\(name)") }

            // What has another ending is no reason to take away what is about the model with the usual one.
            try leaveBehind("foreign")
            #expect(try place.run("import", Self.foreign, "--no-normalisation", "-o", "foreign", "-q").status == 0)
            for name in companions { #expect(place.exists("foreign.\(name)"), "\(name)") }
        }
    }
}
