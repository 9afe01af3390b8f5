import Foundation
import Testing

extension Pipeline {
    /// Other losses than the default ones, from the command line to the report.
    @Suite(.serialized)
    struct MethodTests {
        private let program = Workshop.program

        private func object(_ name: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(program.read(name))) as? [String: Any])
        }

        @Test func networksLearnFromTheirOwnExits() throws {
            _ = Workshop.made
            let teacher = try program.run(
                "train", "data.erds", "-o", "mate.pb", "--arch", Workshop.network, "--epochs", "1", "--threads", "1",
                "--method", "mate", "--mixup", "0.4", "--erasing", "0.5", "--exit-weights", "1,2", "--verbose")
            #expect(teacher.status == 0, "\(teacher.messages)")
            #expect(teacher.messages.contains("ensemble weights"))
            let recipe = try object("mate.recipe.json")
            #expect((recipe["distillation"] as? [String: Any])?["method"] as? String == "mate")
            // Any other run of the same recipe is the same run.
            let again = try program.run(
                "train", "data.erds", "-o", "again.pb", "--recipe", "mate.recipe.json", "--threads", "1", "-q")
            #expect(again.status == 0, "\(again.messages)")
            #expect(try program.read("again.pb") == program.read("mate.pb"))

            let student = try program.run(
                "compress", "mate.pb", "--target-macs", "1.2M", "--epochs", "1", "--threads", "1", "--output", "both",
                "--method", "erde+mate", "--score", "oneMinusMaximum", "--no-keep-cross-entropy-where-wrong", "-q")
            #expect(student.status == 0, "\(student.messages)")
            let report = try object("both/report/calibration.json")
            #expect(report["score"] as? String == "oneMinusMaximum")
            let provenance = try #require(report["provenance"] as? [String: Any])
            #expect((provenance["ensembleWeights"] as? [[Double]])?.count == 2)
            let loss = try #require(provenance["distillation"] as? [String: Any])
            #expect(loss["method"] as? String == "erde+mate" && loss["keepsCrossEntropyWhereWrong"] as? Bool == false)
            let page = String(decoding: try program.read("both/report/index.html"), as: UTF8.self)
            #expect(page.contains("ensembles of all exits"))
            let log = String(decoding: try program.read("both/student.metrics.jsonl"), as: UTF8.self)
            #expect(log.contains("\"ensembleWeights\":[["))
        }
    }
}
