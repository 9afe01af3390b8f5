import Foundation
import Testing

extension Pipeline {
    /// A file of answers is gone on with by what began it, and by nothing else.
    @Suite(.serialized)
    struct ResumptionTests {
        private let program = Workshop.program
        private let student = "small/student.pb"
        private let images = "\(Program.samples)/test/bag"
        private let others = "\(Program.samples)/test/coat"

        private func classify(_ model: String, _ arguments: String...) throws -> Program.Outcome {
            _ = Workshop.made
            return try program.run(["classify", model, "--threads", "1"] + arguments, input: [])
        }

        /// Goes on with a file, which must be refused and left as it is.
        private func expectRefusal(
            of model: String, _ arguments: String..., resuming output: String, _ fragments: String...,
            location: SourceLocation = #_sourceLocation
        ) throws {
            let name = program.exists("\(output).partial") ? "\(output).partial" : output
            let before = try program.read(name)
            let outcome = try program.run(
                ["classify", model, images, others, "--threads", "1", "-o", output, "--resume"] + arguments, input: [])
            #expect(outcome.status == 65, "\(outcome.messages)", sourceLocation: location)
            for fragment in fragments {
                #expect(outcome.messages.contains(fragment), "\(outcome.messages)", sourceLocation: location)
            }
            #expect(try program.read(name) == before, sourceLocation: location)
            #expect(name != output || !program.exists("\(output).partial"), sourceLocation: location)
        }

        @Test func anotherModelOfTheSameClassesAndCostsIsRefused() throws {
            _ = Workshop.made
            let fitted = try program.run(
                "calibrate", student, "--budgets", "1M,1.5M", "--output", "refitted.pb", "--threads", "1")
            #expect(fitted.status == 0, "\(fitted.messages)")
            #expect(try classify(student, images, "-o", "own.csv").status == 0)
            try expectRefusal(
                of: "refitted.pb", resuming: "own.csv",
                "own.csv: was written with another model: \(student) (SHA-256 ", ", not refitted.pb (SHA-256 ")
            // What a model is called makes no other of it.
            try program.write(try program.read(student), to: "renamed.pb")
            let resumed = try classify("renamed.pb", images, others, "-o", "own.csv", "--resume")
            #expect(resumed.status == 0 && resumed.messages.contains("60 images were answered"), "\(resumed.messages)")
            #expect(!resumed.messages.contains("nothing beside it"), "\(resumed.messages)")
        }

        @Test func otherThresholdsAndAnotherPrecisionAreRefused() throws {
            #expect(try classify(student, images, "--theta", "0.5", "--precision", "float32", "-o", "gated.csv").status == 0)
            let before = try program.read("gated.csv")
            try expectRefusal(
                of: student, "--theta", "0.25", "--precision", "float32", resuming: "gated.csv",
                "gated.csv: was written with --theta 0.5, not with --theta 0.25; give the same --budget or --theta")
            try expectRefusal(
                of: student, "--budget", "1.2M", "--precision", "float32", resuming: "gated.csv",
                "was written with --theta 0.5, not with the thresholds for ")
            try expectRefusal(
                of: student, "--theta", "0.5", "--precision", "bfloat16", resuming: "gated.csv",
                "was written in float32, not in bfloat16; add --precision float32")
            let same = try classify(
                student, images, "--theta", "0.5", "--precision", "float32", "-o", "gated.csv", "--resume")
            #expect(same.status == 0, "\(same.messages)")
            #expect(try program.read("gated.csv") == before)
            // Begun anew, it is another file, with what made that.
            let anew = try classify(student, images, "--theta", "0.25", "--precision", "float32", "-o", "gated.csv")
            #expect(anew.status == 0, "\(anew.messages)")
            try expectRefusal(
                of: student, "--theta", "0.5", "--precision", "float32", resuming: "gated.csv", "was written with --theta 0.25")
        }

        @Test func aFileWithoutItsOriginIsGoneOnWithAndSaysSo() throws {
            #expect(try classify(student, images, "-o", "bare.csv").status == 0)
            try FileManager.default.removeItem(atPath: "\(program.folder)/bare.csv.origin.json")
            let first = try classify(student, images, others, "-o", "bare.csv", "--resume")
            #expect(first.status == 0 && first.messages.contains("bare.csv: nothing beside it says"), "\(first.messages)")
            let second = try classify(student, images, others, "-o", "bare.csv", "--resume")
            #expect(second.status == 0 && !second.messages.contains("nothing beside it"), "\(second.messages)")
        }

        @Test func anUnfinishedFileHasItsOriginToo() throws {
            let manager = FileManager.default
            let path = "\(program.folder)/torn.csv"
            #expect(try classify(student, images, "--theta", "0.5", "-o", "torn.csv").status == 0)
            let whole = try program.read("torn.csv")
            try program.write(Array(whole.prefix(whole.count / 2)), to: "torn.csv.partial")
            try manager.removeItem(atPath: path)
            try manager.moveItem(atPath: "\(path).origin.json", toPath: "\(path).partial.origin.json")
            try expectRefusal(
                of: student, "--theta", "0.25", resuming: "torn.csv", "torn.csv.partial: was written with --theta 0.5, not with")
            let resumed = try classify(student, images, "--theta", "0.5", "-o", "torn.csv", "--resume")
            #expect(resumed.status == 0 && !resumed.messages.contains("nothing beside it"), "\(resumed.messages)")
            #expect(try program.read("torn.csv") == whole)
            #expect(program.exists("torn.csv.origin.json"))
            // A run without an answer leaves nothing.
            try manager.createDirectory(atPath: "\(program.folder)/void", withIntermediateDirectories: true)
            #expect(try classify(student, "void", "-o", "void.csv").status == 66)
            #expect(!program.exists("void.csv") && !program.exists("void.csv.origin.json"))
            #expect(try program.leftovers().isEmpty)
        }
    }
}
