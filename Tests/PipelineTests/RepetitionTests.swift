import Foundation
import Testing

extension Pipeline {
    /// Running again: the same bytes from the same options, and refusals where something has changed.
    @Suite(.serialized)
    struct RepetitionTests {
        private let program = Workshop.program

        @Test func theNameCompressGivesTheSameStudent() throws {
            _ = Workshop.made
            try FileManager.default.createDirectory(atPath: "\(program.folder)/bin", withIntermediateDirectories: true)
            let link = "\(program.folder)/bin/compress"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: Program.path)
            let outcome = try program.run(
                "teacher.pb", "--target-macs", "1.2M", "--epochs", "2", "--threads", "1", "--output", "repeated", "--quiet",
                program: link)
            #expect(outcome.status == 0, "\(outcome.messages)")
            let file = Data(try program.read("repeated/report/calibration.json"))
            let report = try #require(try JSONSerialization.jsonObject(with: file) as? [String: Any])
            let warnings = try #require(report["warnings"] as? [String])
            #expect(
                outcome.messages.split(separator: "\n").map(String.init) == warnings.map { "warning: \($0)" },
                "nothing but the warnings of the report")
            #expect(try program.read("repeated/student.pb") == program.read("small/student.pb"))
        }

        @Test func aDatasetThatChangedIsNoticed() throws {
            func ingest(_ seed: String) throws -> Program.Outcome {
                try program.run("ingest", "\(Program.samples)/test", "-o", "changing.erds", "--seed", seed, "-q")
            }
            #expect(try ingest("1").status == 0)
            let trained = try program.run(
                "train", "changing.erds", "-o", "changing.pb", "--arch", Workshop.network, "--epochs", "1", "-q")
            #expect(trained.status == 0, "\(trained.messages)")
            #expect(try ingest("2").status == 0)
            let changed = try program.run("evaluate", "changing.pb")
            #expect(changed.status == 65 && changed.messages.contains("has changed"), "\(changed.messages)")
            #expect(try program.run("evaluate", "changing.pb", "changing.erds", "-q").status == 0)
            #expect(try program.run("evaluate", "changing.pb", "--data", "changing.erds", "-q").status == 0)
            let twice = try program.run("evaluate", "changing.pb", "changing.erds", "--data", "changing.erds")
            #expect(twice.status == 64 && twice.messages.contains("named twice"), "\(twice.messages)")
            try FileManager.default.removeItem(atPath: "\(program.folder)/changing.erds")
            let gone = try program.run("compress", "changing.pb", "--target-macs", "50%", "--output", "never")
            #expect(gone.status == 66 && gone.messages.contains("--data"), "\(gone.messages)")
            #expect(!program.exists("never"))
        }

        @Test func resumingNeedsACheckpoint() throws {
            _ = Workshop.made
            let outcome = try program.run("train", "data.erds", "-o", "fresh.pb", "--arch", Workshop.network, "--resume")
            #expect(outcome.status == 66 && outcome.messages.contains("fresh.checkpoint"), "\(outcome.messages)")
            #expect(!program.exists("fresh.pb"))
        }
    }
}
