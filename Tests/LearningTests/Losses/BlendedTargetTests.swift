import Artifacts
import CPUEngine
import Losses
import TestSupport
import Testing

/// Losses of blended images.
@Suite struct BlendedTargetTests {
    static func problem(_ method: DistillationRecipe.Method) -> LossProblem {
        var problem = LossProblem.random(LossPropertyTests.recipe { $0.method = method })
        problem.blend = ([1, 0, 4, 2], [0.5, 0.25, 0, 0.125])
        return problem
    }

    /// Cross-entropy is linear in its target: a blend's is that of both labels in their shares.
    @Test func crossEntropyMixesInTheShares() throws {
        let close = LossPropertyTests.close
        for smoothing in [0, 0.1] {
            var blended = Self.problem(.ce)
            blended.labelSmoothing = smoothing
            for image in 0..<4 {
                func loss(_ label: Int32, blend: ([Int32], [Double])?) throws -> Double {
                    var one = blended
                    one.student = one.student.map { [$0[image]] }
                    one.teacher = one.teacher.map { [$0[image]] }
                    one.labels = [label]
                    one.blend = blend.map { (labels: $0.0, shares: $0.1) }
                    return try one.evaluate().loss
                }
                let (other, share) = (blended.blend!.labels[image], blended.blend!.shares[image])
                let own = try loss(blended.labels[image], blend: nil)
                let expected = (1 - share) * own + share * (try loss(other, blend: nil))
                expectClose([try loss(blended.labels[image], blend: ([other], [share]))], [expected], close, "\(image)")
            }
        }
    }

    /// The teacher is wrong where its answer is not the label of what the image shows most; the other label changes
    /// nothing about that.
    @Test func rightAndWrongGoByTheLargerShare() throws {
        var problem = Self.problem(.erde)
        problem.recipe.alpha = 0
        let with = try problem.evaluate()
        problem.blend = nil
        let without = try problem.evaluate()
        #expect(with.loss == without.loss && with.gradients == without.gradients)
    }

    @Test(arguments: [DistillationRecipe.Method.ce, .kd, .erde, .mate, .erdeMate]) func enginesAgree(
        _ method: DistillationRecipe.Method
    ) throws {
        var problem = Self.problem(method)
        problem.labelSmoothing = 0.1
        let tolerance = Tolerance(absolute: 2e-5, relative: 1e-5, reason: "float32 logits, differences of logarithms")
        let (reference, cpu) = (try problem.evaluate(), try problem.run(on: CPUEngine()))
        expectClose([cpu.loss], [reference.loss], tolerance)
        expectClose(cpu.gradients.flatMap { $0 }, reference.gradients.flatMap { $0 }, tolerance)
    }

    @Test(arguments: [DistillationRecipe.Method.ce, .erde]) func gradientsAreTheDifferences(
        _ method: DistillationRecipe.Method
    ) throws {
        var problem = Self.problem(method)
        problem.labelSmoothing = 0.1
        let result = try problem.evaluate()
        for (exit, expected) in try problem.finiteDifferences().enumerated() {
            expectClose(result.gradients[exit], expected, LossPropertyTests.differences)
        }
    }
}
