import Artifacts
import CPUEngine
import Graphs
import Losses
import ReferenceEngine
import TestSupport
import Testing

/// Values and gradients that PyTorch gave in float64 from the formulas alone.
@Suite struct LossGoldenTests {
    static func goldens() throws -> [LossGolden] { try LossGoldens.load().losses.filter { $0.name != "mate" } }

    static func recipe(_ golden: LossGolden) throws -> DistillationRecipe {
        var recipe = DistillationRecipe()
        recipe.method = try #require(["crossEntropy": .ce, "kd": .kd, "erde": .erde][golden.name])
        let options = golden.options
        recipe.alpha = options.alpha ?? recipe.alpha
        recipe.beta = options.beta ?? recipe.beta
        recipe.gamma = options.gamma ?? recipe.gamma
        recipe.temperature = options.temperature ?? recipe.temperature
        recipe.keepsDistillationWhereWrong = options.distillationWhereWrong == "keep"
        recipe.entropyAtLastExit = options.lastExitEntropy ?? false
        if let rule = options.wrongRule {
            recipe.wrongRule = try #require(["per_exit": .perExit, "final": .final, "either": .either][rule])
        }
        if let form = options.entropyForm {
            recipe.entropyForm = try #require(["kl_to_uniform": .klToUniform, "kl_from_uniform": .klFromUniform][form])
        }
        return recipe
    }

    static func problem(_ golden: LossGolden) throws -> LossProblem {
        LossProblem(
            recipe: try recipe(golden), student: golden.studentLogits, teacher: golden.teacherLogits, labels: golden.labels)
    }

    @Test func thereAreThirty() throws { #expect(try Self.goldens().count == 30) }

    @Test func referenceEngineGivesTheGoldens() throws {
        let tolerance = Tolerance(absolute: 1e-9, relative: 1e-9, reason: "double precision, other order of sums")
        for (index, golden) in try Self.goldens().enumerated() {
            let result = try Self.problem(golden).evaluate()
            expectClose([result.loss], [golden.loss], tolerance, "\(index) \(golden.name) loss")
            #expect(result.gradients.count == golden.studentLogitGradients.count)
            for (exit, expected) in golden.studentLogitGradients.enumerated() {
                expectClose(result.gradients[exit], expected.flatMap { $0 }, tolerance, "\(index) \(golden.name) exit \(exit)")
            }
        }
    }

    @Test func cpuEngineGivesTheGoldens() throws {
        let tolerance = Tolerance(absolute: 1e-5, relative: 1e-5, reason: "float32 logits of size 10, differences of logarithms")
        for (index, golden) in try Self.goldens().enumerated() {
            let result = try Self.problem(golden).run(on: CPUEngine())
            expectClose([result.loss], [golden.loss], tolerance, "\(index) \(golden.name) loss")
            for (exit, expected) in golden.studentLogitGradients.enumerated() {
                expectClose(result.gradients[exit], expected.flatMap { $0 }, tolerance, "\(index) \(golden.name) exit \(exit)")
            }
        }
    }
}
