import Artifacts
import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing
import Training

/// A whole training step against finite differences of its own loss, in double precision.
@Suite struct TrainingGraphTests {
    struct Step {
        var training: TrainingGraph
        var inputs: [String: [Double]]
        var variables: [String: [Double]]

        func evaluate() throws -> Evaluation {
            try ReferenceEngine.evaluate(training.graph, inputs: inputs, variables: variables)
        }
    }

    static func step(
        _ method: DistillationRecipe.Method, _ change: (inout TrainingRecipe) -> Void = { _ in },
        loss: (inout DistillationRecipe) -> Void = { _ in }
    ) throws -> Step {
        var recipe = Fixtures.recipe()
        recipe.weightDecay = 0
        recipe.gradientClip = 0
        change(&recipe)
        var task = try Fixtures.task(method, recipe: recipe)
        loss(&task.distillation)
        let teacher = try task.teacher.map { try $0.graph.optimizedForInference($0.parameters) }
        let training = try TrainingGraph(
            student: task.graph, teacher: teacher?.graph, recipe: recipe, distillation: task.distillation)
        var variables: [String: [Double]] = [:]
        for variable in training.graph.variables {
            let name = training.graph.name(of: variable.value)
            let content =
                task.parameters[name] ?? training.initialParameters[name]
                ?? teacher?.parameters[String(name.dropFirst("teacher_".count))]
            variables[name] = content?.doubles ?? [Double](repeating: 0, count: training.graph.shape(of: variable.value).count)
        }
        let (images, labels) = BatchLoaderTests.batch(BatchLoaderTests.sampler(), epoch: 0, step: 0)
        return Step(
            training: training,
            inputs: [
                "image": images.map(Double.init), "batch_labels": labels.map(Double.init), "dropout_seed": [7, 8],
                "learning_rate": [0.1], "ramp": [0.5], "blend_labels": [2, 1, 0, 0], "blend_share": [0, 0.5, 0.25, 0.125],
            ], variables: variables)
    }

    static let names = [
        "stem_weight", "stage1_block1_conv2_weight", "stage2_block1_shortcut_weight", "stage2_block1_norm1_scale",
        "exit1_norm_bias", "exit2_linear_weight", "exit2_linear_bias",
    ]

    static func slopes(_ step: Step, _ name: String) throws -> [Double] {
        let content = try #require(step.variables[name])
        return try content.indices.map { index in
            var (up, down) = (step, step)
            up.variables[name]![index] += 1e-5
            down.variables[name]![index] -= 1e-5
            return try (up.evaluate().outputs["loss"]![0] - down.evaluate().outputs["loss"]![0]) / 2e-5
        }
    }

    static let differences = Tolerance(absolute: 1e-7, relative: 1e-4, reason: "central differences of step 1e-5")

    @Test(arguments: [DistillationRecipe.Method.ce, .kd, .erde]) func velocitiesAreTheSlopes(
        _ method: DistillationRecipe.Method
    ) throws {
        let step = try Self.step(method)
        let updated = try step.evaluate().updatedVariables
        for name in Self.names {
            let slopes = try Self.slopes(step, name)
            expectClose(try #require(updated["velocity_\(name)"]), slopes, Self.differences, name)
            // Nesterov's first step: w − lr·(1 + momentum)·g.
            let moved = zip(step.variables[name]!, slopes).map { $0 - 0.1 * 1.9 * $1 }
            expectClose(try #require(updated[name]), moved, Self.differences, name)
        }
    }

    /// With blended images and smoothed labels as well.
    @Test(arguments: [DistillationRecipe.Method.ce, .erde]) func velocitiesOfBlendsAreTheSlopes(
        _ method: DistillationRecipe.Method
    ) throws {
        let step = try Self.step(method) {
            $0.augmentation.mixup = 0.5
            $0.labelSmoothing = 0.1
        }
        #expect(step.training.graph.input(named: "blend_share") != nil)
        let updated = try step.evaluate().updatedVariables
        for name in ["stage2_block1_norm1_scale", "exit1_norm_bias", "exit2_linear_bias"] {
            expectClose(try #require(updated["velocity_\(name)"]), try Self.slopes(step, name), Self.differences, name)
        }
    }

    @Test func ensembleWeightsAndNetworkDoNotDisturbEachOther() throws {
        let own = "mate_weight_logits"
        func velocities(
            lambda: Double, mu: Double, clip: Double = 0, decay: Double = 0
        ) throws -> (network: [Double], own: [Double]) {
            let step = try Self.step(.mate) {
                $0.gradientClip = clip
                $0.weightDecay = decay
            } loss: {
                $0.mate.lambda = lambda
                $0.mate.mu = mu
            }
            #expect(step.training.ensembleWeightLogits == own)
            let updated = try step.evaluate().updatedVariables.filter { $0.key.hasPrefix("velocity_") }
            let network = updated.filter { $0.key != "velocity_\(own)" }.sorted { $0.key < $1.key }
            return (network.flatMap(\.value), try #require(updated["velocity_\(own)"]))
        }
        let whole = try velocities(lambda: 1, mu: 1)
        #expect(whole.own.contains { abs($0) > 1e-6 } && whole.network.contains { abs($0) > 1e-6 })
        let (alone, fixed) = (try velocities(lambda: 0, mu: 1), try velocities(lambda: 1, mu: 0))
        #expect(alone.own == whole.own && alone.network != whole.network)
        #expect(fixed.network == whole.network && fixed.own.allSatisfy { $0 == 0 })
        #expect(try velocities(lambda: 1, mu: 1, decay: 0.1).own == whole.own)
        // Each group is clipped by its own norm.
        let clipped = (try velocities(lambda: 1, mu: 1, clip: 0.01), try velocities(lambda: 1, mu: 0, clip: 0.01))
        #expect(clipped.0.network == clipped.1.network)
        let norm = clipped.0.own.reduce(0) { $0 + $1 * $1 }.squareRoot()
        expectClose([norm], [0.01], Tolerance(absolute: 1e-9, relative: 1e-6, reason: "the limit is a float32 constant"))
    }

    @Test func onlyWeightsDecay() throws {
        let (plain, decaying) = (try Self.step(.ce), try Self.step(.ce) { $0.weightDecay = 0.01 })
        let (without, with) = (try plain.evaluate().updatedVariables, try decaying.evaluate().updatedVariables)
        let tolerance = Tolerance(absolute: 1e-12, relative: 1e-9, reason: "double precision")
        for name in Self.names {
            let decay = name.hasSuffix("weight") ? 0.01 : 0
            let expected = zip(without["velocity_\(name)"]!, plain.variables[name]!).map { $0 + decay * $1 }
            expectClose(with["velocity_\(name)"]!, expected, tolerance, name)
        }
    }

    @Test func clippingLimitsTheNormOfAllGradients() throws {
        func velocities(_ clip: Double) throws -> [Double] {
            let updated = try Self.step(.ce) { $0.gradientClip = clip }.evaluate().updatedVariables
            return updated.sorted { $0.key < $1.key }.filter { $0.key.hasPrefix("velocity_") }.flatMap(\.value)
        }
        let free = try velocities(0)
        let norm = free.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let tolerance = Tolerance(absolute: 1e-12, relative: 1e-6, reason: "the limit is a float32 constant")
        expectClose(try velocities(0.25), free.map { $0 * 0.25 / norm }, tolerance)
        expectClose(try velocities(norm * 2), free, tolerance)
    }

    @Test func teacherIsFrozenAndCounted() throws {
        let step = try Self.step(.kd)
        let result = try step.evaluate()
        #expect(!result.updatedVariables.keys.contains { $0.hasPrefix("teacher_") || $0.hasPrefix("velocity_teacher_") })
        #expect(step.training.graph.variables.contains { step.training.graph.name(of: $0.value).hasPrefix("teacher_") })
        #expect(step.training.exits == 2 && step.training.teacherExits == 2)
        for name in ["correct_exit1", "correct_exit2", "teacher_wrong_exit1", "teacher_wrong_exit2"] {
            let count = try #require(result.outputs[name]?.first)
            #expect(0...4 ~= count && count == count.rounded())
        }
    }

    @Test func statisticsMoveTowardsTheBatch() throws {
        let step = try Self.step(.ce)
        let updated = try step.evaluate().updatedVariables
        let statistics = step.training.graph.variables.filter { $0.role == .statistic }
        #expect(!statistics.isEmpty)
        for variable in statistics { #expect(updated[step.training.graph.name(of: variable.value)] != nil) }
        #expect(updated["stage1_block1_norm1_mean"] != step.variables["stage1_block1_norm1_mean"])
    }
}
