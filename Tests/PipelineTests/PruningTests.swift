import Foundation
import Testing

extension Pipeline {
    /// Channels removed from models, from the command line.
    @Suite(.serialized)
    struct PruningTests {
        private let program = Workshop.program

        private func object(_ text: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }

        @Test func groupsArePrinted() throws {
            _ = Workshop.made
            let text = try program.run("prune", "teacher.pb", "--groups")
            #expect(text.status == 0, "\(text.messages)")
            #expect(text.output.contains("8 channels made by stem, stage1_block1_conv2\n"))
            #expect(text.output.contains("stay: the network's output"))
            let groups = try #require(
                try object(program.run("prune", "teacher.pb", "--groups", "--json").output)["groups"] as? [Any])
            #expect(groups.count >= 5)
        }

        @Test func aPrunedModelIsAModel() throws {
            _ = Workshop.made
            let pruned = try program.run(
                "prune", "small/student.pb", "--to", "70%", "--teacher", "teacher.pb", "--prune-steps", "2", "--multiple", "2",
                "--min-width", "2", "--epochs", "1", "--threads", "1", "--json", "-o", "pruned.pb")
            #expect(pruned.status == 0, "\(pruned.messages)")
            let result = try object(pruned.output)
            let before = try #require((result["cumulativeMACsBefore"] as? [Int])?.last)
            let macs = try #require((result["cumulativeMACs"] as? [Int])?.last)
            #expect(Double(macs) <= 0.7 * Double(before) && macs > before / 3)
            #expect((result["budgets"] as? [Double])?.isEmpty == false, "thresholds are fitted again")
            #expect(!program.exists("pruned.checkpoint") && !program.exists("pruned.step1.pb"))
            let same = try program.run(
                "prune", "small/student.pb", "--teacher", "teacher.pb", "--recipe", "pruned.recipe.json", "--threads", "1", "-o",
                "same.pb", "-q")
            #expect(same.status == 0, "\(same.messages)")
            #expect(try program.read("same.pb") == program.read("pruned.pb"))
            let text = try program.run("inspect", "pruned.pb").output
            #expect(text.contains(", pruned\n") && text.contains("by taylor"))
            for arguments in [["evaluate", "pruned.pb"], ["classify", "pruned.pb", "\(Program.samples)/test/bag"]] {
                let outcome = try program.run(arguments[0], arguments[1], arguments.count > 2 ? arguments[2] : "--json", "-q")
                #expect(outcome.status == 0, "\(outcome.messages)")
            }
            let export = try program.run("export", "pruned.pb", "--to", "onnx", "-o", "pruned.onnx")
            #expect(export.status == 0, "\(export.messages)")
            let again = try program.run(
                "prune", "pruned.pb", "--to", "80%", "--importance", "l2", "--multiple", "1", "--min-width", "1", "--no-training",
                "-o", "twice.pb")
            #expect(again.status == 0, "\(again.messages)")
            let pupil = try program.run(
                "compress", "pruned.pb", "--target-macs", "50%", "--student", "preresnet:widths=4,8:blocks=1,1", "--epochs", "1",
                "--threads", "1", "-q", "--output", "of-pruned")
            #expect(pupil.status == 0, "\(pupil.messages)")
        }

        @Test func targetsOutOfReachAreRefusedAtOnce() throws {
            _ = Workshop.made
            for to in ["1k", "0.1%"] {
                let outcome = try program.run("prune", "teacher.pb", "--to", to, "-o", "never.pb")
                #expect(outcome.status == 64)
                #expect(outcome.messages.contains("out of reach") && outcome.messages.contains("choose at least"))
            }
            let more = try program.run("prune", "teacher.pb", "--to", "100%", "-o", "never.pb")
            #expect(more.status == 64 && more.messages.contains("not less than"))
            let alone = try program.run("prune", "teacher.pb", "--to", "50%", "--method", "erde", "-o", "never.pb")
            #expect(alone.status == 64 && alone.messages.contains("--teacher"))
            #expect(try program.run("prune", "teacher.pb").status == 64)
            #expect(!program.exists("never.pb"))
        }

        @Test(arguments: [
            ["--epochs", "1"], ["--step-epochs", "1"], ["--learning-rate", "0.1"], ["--teacher", "teacher.pb"],
            ["--method", "ce"], ["--alpha", "2"], ["--batch", "8"], ["--seed", "1"], ["--label-smoothing", "0.1"],
        ]) func optionsOfATrainingThatIsNotDoneAreRefused(options: [String]) throws {
            _ = Workshop.made
            let (process, output, messages) = try program.start(
                ["prune", "small/student.pb", "--to", "70%", "--importance", "l2", "--no-training", "-o", "never.pb"] + options)
            let outcome = Program.finish(process, output, messages)
            #expect(outcome.status == 64 && outcome.messages.contains("\(options[0]): "), "\(outcome.messages)")
            #expect(outcome.messages.contains("--no-training") && !program.exists("never.pb"))
        }

        @Test func whatImportanceAsksForHasAnEffectWithoutTraining() throws {
            _ = Workshop.made
            for options in [["random", "--seed", "3"], ["taylor", "--seed", "3", "--batch", "32", "--label-smoothing", "0.1"]] {
                let task = ["prune", "small/student.pb", "--to", "70%", "--no-training", "-o", "judged-by.pb", "--threads", "1"]
                let outcome = try program.run(task + ["-q", "--importance"] + options, input: [])
                #expect(outcome.status == 0, "\(outcome.messages)")
            }
        }

        @Test func theChainHasARowForEachStage() throws {
            _ = Workshop.made
            try FileManager.default.createDirectory(atPath: "\(program.folder)/chain", withIntermediateDirectories: true)
            // Of models that had these names before.
            let stale = ["student.search.jsonl", "student.folds", "pruned.recipe.json"]
            for name in stale { try program.write([1], to: "chain/\(name)") }
            let outcome = try program.run(
                "compress", "teacher.pb", "--target-macs", "1.2M", "--student", "preresnet:widths=8,12:blocks=1,1", "--prune",
                "--prune-to", "70%", "--multiple", "2", "--min-width", "2", "--prune-steps", "2", "--epochs", "1", "--threads",
                "1",
                "--json", "--output", "chain")
            #expect(outcome.status == 0, "\(outcome.messages)")
            let report = try object(outcome.output)
            let models = try #require(report["models"] as? [[String: Any]])
            #expect(models.compactMap { $0["name"] as? String } == ["teacher", "student", "pruned"])
            let macs = models.compactMap { ($0["cumulativeMACs"] as? [Int])?.last }
            #expect(Double(macs[2]) <= 0.7 * Double(macs[1]))
            for model in models.dropFirst() {
                let shares = try #require(model["exitSharesAtTarget"] as? [Double])
                #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
            }
            #expect(models[1]["changedExitShare"] == nil)
            let changed = try #require(models[2]["changedExitShare"] as? Double)
            #expect(0...1 ~= changed)
            #expect(report["modelName"] as? String == "pruned.pb")
            #expect(program.exists("chain/student.pb") && program.exists("chain/pruned.pb"))
            for name in stale { #expect(!program.exists("chain/\(name)"), "\(name)") }
            for name in ["student.recipe.json", "student.metrics.jsonl", "pruned.metrics.jsonl"] {
                #expect(program.exists("chain/\(name)"), "\(name)")
            }
            let page = String(decoding: try program.read("chain/report/index.html"), as: UTF8.self)
            #expect(page.contains("changed "))
        }

        @Test func aRecipeRepeatsTheWholeChain() throws {
            _ = Workshop.made
            let first = try program.run(
                "compress", "teacher.pb", "--target-macs", "70%", "--student", "preresnet:widths=8,12:blocks=1,1", "--prune",
                "--multiple", "2", "--min-width", "2", "--prune-steps", "1", "--quantize", "int8", "--max-drop", "100", "--force",
                "--calibration-images", "60", "--epochs", "1", "--threads", "1", "--output", "first", "-q")
            #expect(first.status == 0, "\(first.messages)")
            let recipe = try object(String(decoding: program.read("first/student.recipe.json"), as: UTF8.self))
            #expect(recipe["targetMACs"] is Double && recipe["prunedMACs"] is Double)
            #expect((recipe["quantization"] as? [String: Any])?["images"] as? Int == 60)
            let second = try program.run(
                "compress", "teacher.pb", "--recipe", "first/student.recipe.json", "--force", "--threads", "1", "--output",
                "second", "-q")
            #expect(second.status == 0, "\(second.messages)")
            for name in ["student.pb", "pruned.pb", "student-int8.pb", "student.recipe.json"] {
                #expect(try program.read("first/\(name)") == program.read("second/\(name)"), "\(name)")
            }
            let plain = try program.run("train", "data.erds", "-o", "plain.pb", "--arch", Workshop.network, "--epochs", "1", "-q")
            #expect(plain.status == 0, "\(plain.messages)")
            let aimless = try program.run(
                "compress", "teacher.pb", "--recipe", "plain.recipe.json", "--output", "never", "-q")
            #expect(aimless.status == 64 && aimless.messages.contains("--target-macs"), "\(aimless.messages)")
        }

        @Test func theTeacherItselfMayBePruned() throws {
            _ = Workshop.made
            let outcome = try program.run(
                "compress", "teacher.pb", "--target-macs", "1M", "--student", "prune", "--prune-to", "60%", "--multiple", "2",
                "--min-width", "2", "--epochs", "1", "--threads", "1", "--output", "narrow")
            #expect(outcome.status == 0, "\(outcome.messages)")
            #expect(outcome.output.contains("narrow/student.pb") && outcome.output.contains(", pruned"))
            let both = try program.run("compress", "teacher.pb", "--target-macs", "1M", "--student", "prune", "--prune")
            #expect(both.status == 64)
            // Twice the target would be more than there is.
            let large = try program.run(
                "compress", "teacher.pb", "--target-macs", "60%", "--student", "prune", "--multiple", "1", "--min-width", "1",
                "--prune-steps", "1", "--epochs", "1", "--threads", "1", "--output", "hardly-narrow", "-q")
            #expect(large.status == 0, "\(large.messages)")
        }
    }
}
