import Foundation
import Testing

extension Pipeline {
    /// What is wrong on a command line is called by its own name, in one voice.
    @Suite(.serialized)
    struct CommandLineTests {
        private let program = Workshop.program
        private let student = "small/student.pb"
        private let images = "\(Program.samples)/test/bag"

        private func expectRefusal(
            _ arguments: [String], status: Int32 = 64, _ fragments: String..., location: SourceLocation = #_sourceLocation
        ) throws {
            _ = Workshop.made
            let outcome = try program.run(arguments, input: [])
            #expect(outcome.status == status, "\(arguments): \(outcome.messages)", sourceLocation: location)
            #expect(outcome.errors.count == 1, "\(arguments): \(outcome.messages)", sourceLocation: location)
            #expect(!outcome.messages.contains("Error:"), "\(outcome.messages)", sourceLocation: location)
            for fragment in fragments {
                #expect(outcome.messages.contains(fragment), "\(fragment) in \(outcome.messages)", sourceLocation: location)
            }
        }

        private func shell(_ line: String) throws -> Program.Outcome {
            let (process, output, messages) = try program.start(["-c", line, Program.path], program: "/bin/sh")
            return Program.finish(process, output, messages)
        }

        @Test func aMisspeltOptionIsNotAMissingOne() throws {
            try expectRefusal(
                ["compress", "teacher.pb", "--targetmacs", "5M"],
                "error: Unknown option '--targetmacs'. Did you mean '--target-macs'?")
            try expectRefusal(["ingest", images, "--outputt", "x.erds"], "error: Unknown option '--outputt'")
            try expectRefusal(["prune", "teacher.pb", "--too", "50%"], "error: Unknown option '--too'")
            try expectRefusal(["compress", "teacher.pb"], "error: --target-macs: is missing; give one")
            try expectRefusal(["ingest", images], "error: --output: is missing;", "--check")
            try expectRefusal(["prune", "teacher.pb"], "error: --to: is missing;", "--groups")
        }

        @Test func allErrorsBeginAlike() throws {
            for arguments in [["inspect"], ["train", "data.erds", "--threads", "0"], ["classify", "teacher.pb"], ["--nothing"]] {
                try expectRefusal(arguments, "Usage: ")
            }
        }

        @Test(arguments: ["--help", "--version", "train --help", "help prune"])
        func helpThatStdoutDoesNotTakeIsAnError(words: String) throws {
            let full = try shell("\"$0\" \(words) > /dev/full")
            #expect(full.status == 73 && full.messages.contains("error: stdout: cannot be written"), "\(full.messages)")
            let closed = try shell("\"$0\" \(words) >&-")
            #expect(closed.status == 73, "\(closed.messages)")
        }

        @Test func whatHasNoEffectIsRefused() throws {
            for option in [
                ["--to", "50%"], ["--epochs", "3"], ["--seed", "1"], ["--min-width", "2"], ["--method", "ce"], ["--no-training"],
                ["--data", "data.erds"], ["--output", "never.pb"],
            ] {
                try expectRefusal(
                    ["prune", "teacher.pb", "--groups"] + option, "error: \(option[0]): has no effect with --groups")
            }
            try expectRefusal(
                ["prune", student, "--to", "70%", "--importance", "l2", "--importance-batches", "2", "-o", "never.pb"],
                "--importance-batches: has no effect: l2 looks at no images")
            try expectRefusal(["bench", "train", "--arch", "preresnet-8", "--blocks", "1"], "leave out --blocks")
            try expectRefusal(["bench", "train", "--arch", "preresnet-8", "--widths", "8"], "leave out --widths")
            try expectRefusal(["bench", "decode", images, "--channels", "1"], "--channels goes with --size")
            try expectRefusal(["classify", student, images, "--json", "--format", "csv"], "--format csv")
            for option in [["--format", "jsonl"], ["--top-k", "2"], ["--all-probabilities"]] {
                try expectRefusal(
                    ["classify", student, images, "--links", "unlinked"] + option, "\(option[0]) is about lines, and --links")
            }
            try expectRefusal(["inspect", "teacher.pb", "-q", "-v"], "--quiet and --verbose exclude each other")
            #expect(!program.exists("never.pb") && !program.exists("unlinked"))
        }

        @Test func theOptionThatIsMeantIsNamed() throws {
            let compress = ["compress", "teacher.pb", "--student", Workshop.network, "--output", "never", "--target-macs"]
            try expectRefusal(compress + ["1.2M", "--prune", "--prune-to", "20M"], "error: prunedMACs (--prune-to): 20")
            try expectRefusal(
                compress + ["1.2M", "--prune", "--prune-epochs", "0"], "epochs (--prune-epochs): expected",
                "; change --prune-epochs")
            try expectRefusal(["compress", "teacher.pb", "--target-macs", "1k"], "error: targetMACs (--target-macs): 1")
            try expectRefusal(["prune", "teacher.pb", "--to", "100%", "-o", "never.pb"], "error: prunedMACs (--to): ")
            try expectRefusal(
                ["train", "data.erds", "--epochs", "0", "-o", "never.pb"], "epochs (--epochs): expected", "; change --epochs")
            try expectRefusal(
                ["train", "data.erds", "--method", "mate", "--mate-rho", "2", "-o", "never.pb"],
                "mate.rho (--mate-rho): expected 0 to 1", "; change --mate-rho")
            try expectRefusal(
                ["quantize", "teacher.pb", "--max-drop", "-1"], "--max-drop: expected 0 to 100 points, found -1",
                "; change --max-drop")
        }

        @Test func aTargetWithoutItsUnitIsAskedAbout() throws {
            for more in [[], ["--student", Workshop.network], ["--student", "prune"]] {
                try expectRefusal(
                    ["compress", "teacher.pb", "--target-macs", "20", "--output", "never"] + more, "; did you mean 20M? Else ")
            }
            let small = try program.run("compress", "teacher.pb", "--target-macs", "1k", "--output", "never")
            #expect(small.status == 64 && !small.messages.contains("did you mean"), "\(small.messages)")
        }

        @Test func aRecipeThatIsNoneIsCalledSo() throws {
            func train(_ recipe: String) -> [String] { ["train", "data.erds", "-o", "never.pb", "--recipe", recipe] }
            try expectRefusal(train("."), status: 66, "error: .: is a folder;")
            try expectRefusal(train("absent.json"), status: 66, "absent.json: cannot be read: No such file or directory;")
            try expectRefusal(train("teacher.pb"), "teacher.pb: is no JSON; write one JSON object")
            try program.write(Array("[1]".utf8), to: "list.json")
            try expectRefusal(train("list.json"), "list.json: is no JSON object; write one JSON object")
        }

        @Test func aFileOfAnotherKindIsCalledWhatItIs() throws {
            let isDataset = "data.erds: is a dataset; this takes a model; give what `erde train`"
            try expectRefusal(["compress", "data.erds", "--target-macs", "1M"], status: 65, isDataset)
            try expectRefusal(["classify", "data.erds", images], status: 65, isDataset)
            try expectRefusal(["import", "data.erds", "--no-normalisation", "-o", "never.pb"], status: 65, isDataset)
            let isModel = "teacher.pb: is a model; this takes a dataset; give what `erde ingest` makes"
            try expectRefusal(["train", "teacher.pb", "-o", "never.pb"], status: 65, isModel)
            try expectRefusal(["evaluate", student, "--data", "teacher.pb"], status: 65, isModel)
            try expectRefusal(
                ["inspect", "small/report/calibration.pb"], status: 65, "calibration.pb: is a report; this takes a model")
            try program.write(try program.read("data.erds"), to: "data.under-another-name")
            let outcome = try program.run("inspect", "data.under-another-name")
            #expect(outcome.status == 0 && outcome.output.hasPrefix("dataset "), "\(outcome.messages)")
        }

        @Test func nothingIsLeftOfWhatIsComplete() throws {
            let compress = [
                "compress", "teacher.pb", "--target-macs", "1.2M", "--student", Workshop.network, "--epochs", "1", "--threads",
                "1", "--output", "ended", "-q",
            ]
            _ = Workshop.made
            let made = try program.run(compress, input: [])
            #expect(made.status == 0, "\(made.messages)")
            let student = try program.read("ended/student.pb")
            try expectRefusal(
                compress + ["--resume"], status: 66, "ended/student.pb: is complete, and nothing is left to resume", "--output")
            #expect(try program.read("ended/student.pb") == student)
            try expectRefusal(
                ["train", "data.erds", "-o", "teacher.pb", "--arch", Workshop.network, "--resume"], status: 66,
                "teacher.pb: is complete, and nothing is left to resume", "teacher.checkpoint")
            // Of other options nothing is complete.
            let other = try program.run(compress + ["--resume", "--seed", "9"], input: [])
            #expect(other.status == 66 && !other.messages.contains("is complete"), "\(other.messages)")
        }

        @Test func aPatternThatMatchesNothingIsNoFile() throws {
            try expectRefusal(
                ["classify", student, "*.png"], status: 66,
                "error: *.png: does not exist: no file matches, and the shell left the pattern as it is; check the path")
        }

        @Test func oneThreadIsNoSeveral() throws {
            let outcome = try program.run("bench", "decode", images, "--rounds", "1", "--single-thread")
            #expect(outcome.status == 0 && outcome.output.contains(", 1 thread, "), "\(outcome.output)")
        }
    }
}
