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

        @Test func teachersJudgeImagesTheyHaveNotSeen() throws {
            _ = Workshop.made
            func train(_ more: String...) throws -> Program.Outcome {
                let arguments = [
                    "train", "data.erds", "-o", "judged.pb", "--arch", Workshop.network, "--epochs", "1", "--threads", "1",
                    "--out-of-fold", "2", "--json",
                ]
                let (process, output, messages) = try program.start(arguments + more)
                return Program.finish(process, output, messages)
            }
            let nothing = try train("--resume")
            #expect(nothing.status == 66 && nothing.messages.contains("judged.folds"), "\(nothing.messages)")
            let teacher = try train()
            #expect(teacher.status == 0, "\(teacher.messages)")
            #expect(program.exists("judged.folds") && !program.exists("judged.fold2.checkpoint"))
            let result = try #require(
                try JSONSerialization.jsonObject(with: Data(teacher.output.utf8)) as? [String: Any])
            #expect((result["outOfFoldErrorPerExit"] as? [Double])?.allSatisfy { 0...1 ~= $0 } == true)
            // Going on when all folds are done trains the teacher alone, to the same bytes.
            let (model, folds) = (try program.read("judged.pb"), try program.read("judged.folds"))
            let again = try train("--resume")
            #expect(again.status == 0 && !again.messages.contains("without fold"), "\(again.messages)")
            #expect(try program.read("judged.pb") == model && program.read("judged.folds") == folds)

            func compress(_ teacher: String, _ method: String, _ use: String) throws -> Program.Outcome {
                try program.run(
                    "compress", teacher, "--target-macs", "1.2M", "--epochs", "1", "--threads", "1", "--output", "masked",
                    "--method", method, "--out-of-fold", use, "-q")
            }
            let student = try compress("judged.pb", "erde", "mask")
            #expect(student.status == 0, "\(student.messages)")
            let report = try object("masked/report/calibration.json")
            let reported = try #require(report["teacherTrainingErrorPerExit"] as? [Double])
            let expected = try #require(result["outOfFoldErrorPerExit"] as? [Double])
            // An epoch leaves out the images that fill no batch.
            #expect(zip(reported, expected).allSatisfy { abs($0 - $1) < 0.05 } && reported.count == 2)
            // Before anything else is done.
            let none = try program.run(
                "compress", "teacher.pb", "--target-macs", "0.7M", "--student", "auto:preresnet:widths=8,16,32:blocks=2,2,2",
                "--epochs", "1", "--batch", "16", "--threads", "1", "--search-epochs", "3", "--output", "unjudged",
                "--out-of-fold", "mask")
            #expect(none.status == 66 && none.messages.contains("teacher.folds"), "\(none.messages)")
            #expect(!none.messages.contains("Choosing among") && !program.exists("unjudged"), "\(none.messages)")
            let useless = try compress("judged.pb", "kd", "mask")
            #expect(useless.status == 64 && useless.messages.contains("kd has no use for mask"), "\(useless.messages)")
            var damaged = folds
            damaged[folds.count / 2] ^= 1
            try program.write(damaged, to: "judged.folds")
            #expect(try compress("judged.pb", "erde", "mask").status == 65)
            try program.write(folds, to: "judged.folds")
            // The same training again keeps them; another one does not, and has no use for them.
            func trainAlone(seed: String) throws {
                let outcome = try program.run(
                    "train", "data.erds", "-o", "judged.pb", "--arch", Workshop.network, "--epochs", "1", "--threads", "1",
                    "--seed", seed, "-q")
                #expect(outcome.status == 0, "\(outcome.messages)")
            }
            try trainAlone(seed: "1")
            #expect(try program.read("judged.folds") == folds)
            try trainAlone(seed: "9")
            #expect(!program.exists("judged.folds"))
            try program.write(folds, to: "judged.folds")
            let stranger = try compress("judged.pb", "erde", "mask")
            #expect(stranger.status == 65 && stranger.messages.contains("trained otherwise"), "\(stranger.messages)")
        }
    }
}
