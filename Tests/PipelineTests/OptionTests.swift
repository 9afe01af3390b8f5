import Foundation
import Testing

extension Pipeline {
    /// Options that are given have an effect, and values that nobody gave fit.
    @Suite(.serialized)
    struct OptionTests {
        private let program = Workshop.program

        /// Compresses as far as the size of the batch, which is refused when everything else is accepted.
        private func compress(_ output: String, _ more: [String]) throws -> Program.Outcome {
            try program.run(
                ["compress", "teacher.pb", "--output", output, "--batch", "60000", "--threads", "1"] + more, input: [])
        }

        private func expectAcceptance(_ outcome: Program.Outcome, location: SourceLocation = #_sourceLocation) {
            #expect(outcome.status == 64 && outcome.errors.count == 1, "\(outcome.messages)", sourceLocation: location)
            #expect(outcome.messages.contains("batchSize (--batch)"), "\(outcome.messages)", sourceLocation: location)
        }

        @Test(arguments: [
            ["ce", "--beta", "2"], ["ce", "--teacher-exit", "final"], ["kd", "--gamma", "3"], ["kd", "--wrong-rule", "either"],
            ["kd", "--no-keep-cross-entropy-where-wrong"], ["mate", "--temperature", "9"], ["mate", "--entropy-at-last-exit"],
            ["erde", "--mate-lambda", "2"], ["eed", "--mate-rho", "0.5"], ["byot", "--mate-eta", "1"], ["dks", "--mate-mu", "2"],
        ]) func optionsWithoutEffectAreRefused(words: [String]) throws {
            _ = Workshop.made
            let outcome = try compress("idle", ["--target-macs", "1.2M", "--method"] + words)
            #expect(outcome.status == 64 && outcome.errors.count == 1, "\(outcome.messages)")
            #expect(outcome.messages.contains("error: \(words[1]): has no effect: \(words[0]) "), "\(outcome.messages)")
            #expect(!program.exists("idle"))
        }

        @Test func otherCommandsRefuseThemToo() throws {
            _ = Workshop.made
            let train = try program.run("train", "data.erds", "-o", "idle.pb", "--method", "beed", "--mate-mu", "2")
            #expect(train.status == 64 && train.messages.contains("--mate-mu: has no effect"), "\(train.messages)")
            let prune = try program.run(
                "prune", "small/student.pb", "--to", "70%", "--teacher", "teacher.pb", "--method", "kd", "--gamma", "2", "-o",
                "idle.pb")
            #expect(prune.status == 64 && prune.messages.contains("--gamma: has no effect"), "\(prune.messages)")
            #expect(!program.exists("idle.pb"))
        }

        @Test(arguments: [
            ["--method", "ce", "--alpha", "2", "--exit-weights", "1,2"],
            ["--method", "kd", "--beta", "2", "--temperature", "2", "--teacher-exit", "final"],
            ["--gamma", "1", "--wrong-rule", "either", "--entropy-form", "normalized", "--keep-distillation-where-wrong"],
            ["--method", "erde+mate", "--beta", "2", "--gamma", "1", "--mate-lambda", "1", "--mate-rho", "0.5"],
            ["--method", "dks", "--mate-rho", "0.1", "--mate-temperature", "2", "--mate-ramp", "0.5"],
            ["--method", "eed", "--mate-ensembles", "learned", "--mate-rho", "0.5", "--mate-eta", "1"],
        ]) func optionsWithAnEffectAreAccepted(options: [String]) throws {
            _ = Workshop.made
            expectAcceptance(try compress("active", ["--target-macs", "1.2M", "--student", Workshop.network] + options))
        }

        @Test func aRecipeMayHaveValuesWithoutEffect() throws {
            _ = Workshop.made
            let text = """
                {"targetMACs": 1200000, "architecture": "\(Workshop.network)",
                 "distillation": {"method": "ce", "beta": 2, "gamma": 3, "mate": {"rho": 0.5}}}
                """
            try program.write(Array(text.utf8), to: "idle.json")
            expectAcceptance(try compress("active", ["--recipe", "idle.json"]))
            let given = try compress("active", ["--recipe", "idle.json", "--mate-rho", "0.5"])
            #expect(given.status == 64 && given.messages.contains("--mate-rho: has no effect"), "\(given.messages)")
        }

        @Test func aRecipeOfATrainingMakesNoStudentUnasked() throws {
            _ = Workshop.made
            let recipe = ["--recipe", "teacher.recipe.json", "--target-macs", "1.2M"]
            let network = ["--student", Workshop.network]
            let cases: [(options: [String], asks: String, silent: String)] = [
                ([], "with --student and --method,", "--arch"), (network, "with --method,", "--student"),
                (["--method", "erde"], "with --student,", "--method"),
            ]
            for (options, asks, silent) in cases {
                let outcome = try compress("copied", recipe + options)
                #expect(outcome.status == 64 && outcome.errors.count == 1, "\(outcome.messages)")
                #expect(outcome.messages.contains("teacher.recipe.json: is a recipe of a training"), "\(outcome.messages)")
                #expect(outcome.messages.contains(asks) && !outcome.messages.contains(silent), "\(outcome.messages)")
            }
            #expect(!program.exists("copied"))
            expectAcceptance(try compress("active", recipe + network + ["--method", "ce"]))
            // One that names no network need not be a training's.
            try program.write(Array(#"{"distillation": {"method": "mate"}}"#.utf8), to: "mate.json")
            let written = try compress("active", ["--recipe", "mate.json", "--target-macs", "1.2M"] + network)
            expectAcceptance(written)
            #expect(written.messages.contains("warning: mate.json has the student learn with mate"), "\(written.messages)")
        }

        @Test func theUsualCropGivesWayToSmallImages() throws {
            let ingested = try program.run("ingest", "\(Program.samples)/test", "--size", "1", "-o", "tiny.erds", "-q")
            #expect(ingested.status == 0, "\(ingested.messages)")
            func train(_ more: String...) throws -> Program.Outcome {
                try program.run(
                    ["train", "tiny.erds", "-o", "tiny.pb", "--arch", Workshop.network, "--epochs", "1", "--threads", "1"] + more
                        + ["--learning-rate", "0.01"], input: [])
            }
            let given = try train("--crop", "2")
            #expect(given.status == 64 && given.messages.contains("cropPadding (--crop): 2 pixels"), "\(given.messages)")
            let usual = try train()
            #expect(usual.status == 0 && usual.messages.contains("not cropped"), "\(usual.messages)")
            let recipe = try #require(
                try JSONSerialization.jsonObject(with: Data(program.read("tiny.recipe.json"))) as? [String: Any])
            let training = try #require(recipe["training"] as? [String: Any])
            #expect((training["augmentation"] as? [String: Any])?["cropPadding"] as? Int == 0)
        }
    }
}
