import Foundation
import Testing

extension Pipeline {
    /// What is written takes the place of nothing that somebody still needs.
    @Suite(.serialized)
    struct OutputTests {
        private let program = Workshop.program
        private let student = "small/student.pb"

        /// Runs a command that must be refused and must leave a file as it is.
        private func expectRefusal(
            of arguments: String..., keeping file: String, _ fragment: String = "is read",
            location: SourceLocation = #_sourceLocation
        ) throws {
            let before = try program.read(file)
            let outcome = try program.run(arguments, input: [])
            #expect(outcome.status == 73, "\(outcome.messages)", sourceLocation: location)
            #expect(outcome.messages.contains(fragment), "\(outcome.messages)", sourceLocation: location)
            #expect(try program.read(file) == before, sourceLocation: location)
            #expect(try program.leftovers().isEmpty, sourceLocation: location)
        }

        private var image: String {
            get throws {
                let folder = "\(Program.samples)/test/bag"
                let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).sorted().first)
                return "\(folder)/\(name)"
            }
        }

        @Test func noInputIsOverwritten() throws {
            _ = Workshop.made
            try expectRefusal(of: "train", "data.erds", "-o", "data.erds", keeping: "data.erds")
            try expectRefusal(of: "prune", "teacher.pb", "--to", "70%", "-o", "teacher.pb", keeping: "teacher.pb")
            try expectRefusal(
                of: "prune", student, "--to", "80%", "--teacher", "teacher.pb", "-o", "teacher.pb", keeping: "teacher.pb")
            try expectRefusal(of: "prune", student, "--to", "80%", "-o", "data.erds", keeping: "data.erds")
            try expectRefusal(of: "calibrate", student, "--budgets", "1M", "-o", "data.erds", keeping: "data.erds")
            try expectRefusal(of: "evaluate", student, "--dump-logits", "./\(student)", keeping: student)
            try expectRefusal(of: "quantize", student, "-o", student, keeping: student)
            try expectRefusal(of: "export", student, "--to", "onnx", "-o", student, keeping: student)
            try expectRefusal(of: "classify", student, try image, "-o", student, keeping: student)
            let copy = try program.read(student)
            try program.write([UInt8](try Data(contentsOf: URL(fileURLWithPath: try image))), to: "one.png")
            try expectRefusal(of: "classify", student, "one.png", "-o", "one.png", keeping: "one.png")
            try FileManager.default.createDirectory(atPath: "\(program.folder)/named", withIntermediateDirectories: true)
            try program.write(try program.read("teacher.pb"), to: "named/student.pb")
            try expectRefusal(of: "compress", "named/student.pb", "--target-macs", "1M", keeping: "named/student.pb")
            #expect(try program.read(student) == copy)
        }

        @Test func aLinkIsFollowedAndAPipeRefused() throws {
            _ = Workshop.made
            let manager = FileManager.default
            try manager.createDirectory(atPath: "\(program.folder)/far", withIntermediateDirectories: true)
            try program.write([], to: "far/answers.csv")
            try? manager.removeItem(atPath: "\(program.folder)/link.csv")
            try manager.createSymbolicLink(atPath: "\(program.folder)/link.csv", withDestinationPath: "far/answers.csv")
            let linked = try program.run("classify", student, try image, "-o", "link.csv")
            #expect(linked.status == 0, "\(linked.messages)")
            #expect(try manager.destinationOfSymbolicLink(atPath: "\(program.folder)/link.csv") == "far/answers.csv")
            #expect(String(decoding: try program.read("far/answers.csv"), as: UTF8.self).contains(",bag,"))
            try? manager.removeItem(atPath: "\(program.folder)/pipe")
            #expect(mkfifo("\(program.folder)/pipe", 0o600) == 0)
            for arguments in [
                ["classify", student, try image, "-o", "pipe"], ["export", student, "--to", "onnx", "-o", "pipe"],
            ] {
                let outcome = try program.run(arguments, input: [])
                #expect(outcome.status == 73 && outcome.messages.contains("pipe"), "\(outcome.messages)")
                #expect(
                    try manager.attributesOfItem(atPath: "\(program.folder)/pipe")[.type] as? FileAttributeType != .typeRegular)
            }
        }

        @Test func aRefusedResumptionLeavesTheAnswers() throws {
            _ = Workshop.made
            #expect(try program.run("classify", student, "\(Program.samples)/test/bag", "-o", "kept.csv").status == 0)
            let before = try program.read("kept.csv")
            let refused = try program.run(
                "classify", student, "\(Program.samples)/test/bag", "-o", "kept.csv", "--top-k", "2", "--resume")
            #expect(refused.status == 65 && refused.messages.contains("kept.csv: has other columns"), "\(refused.messages)")
            #expect(try program.read("kept.csv") == before && !program.exists("kept.csv.partial"))
            let resumed = try program.run("classify", student, "\(Program.samples)/test/bag", "-o", "kept.csv", "--resume")
            #expect(resumed.status == 0, "\(resumed.messages)")
            #expect(try program.read("kept.csv") == before)
        }

        @Test func aListFromWindowsIsRead() throws {
            _ = Workshop.made
            let outcome = try program.run(["classify", student, "-"], input: Array("\(try image)\r\n\r\n".utf8))
            #expect(outcome.status == 0 && outcome.output.contains(",bag,"), "\(outcome.messages)")
        }

        @Test func damagedWeightsAreNoticed() throws {
            _ = Workshop.made
            var model = try program.read(student)
            // Two fifths into the file lie weights.
            for place in 0..<8 { model[model.count * 2 / 5 + place] ^= 0x10 }
            try program.write(model, to: "scratched.pb")
            let outcome = try program.run("classify", "scratched.pb", try image)
            #expect(outcome.status == 65 && outcome.messages.contains("scratched.pb"), "\(outcome.messages)")
        }
    }
}
