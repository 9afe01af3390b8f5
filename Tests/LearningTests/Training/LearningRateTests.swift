import Artifacts
import TestSupport
import Testing
import Training

@Suite struct LearningRateTests {
    static let tolerance = Tolerance(absolute: 1e-15, relative: 1e-12, reason: "double precision")

    /// Computed from the definition of PyTorch's OneCycleLR, outside of this project.
    @Test func oneCycle() {
        var recipe = TrainingRecipe()
        recipe.warmupShare = 0.3
        expectClose(
            (0..<10).map { recipe.learningRate(atStep: $0, of: 10) },
            [
                0.0040000000000000036, 0.052000000000000005, 0.1, 0.09504846320134738, 0.0811745653949763, 0.06112620219362893,
                0.03887419780637107, 0.0188258346050237, 0.004951936798652629, 4e-07,
            ], Self.tolerance)
        recipe.peakLearningRate = 0.4
        recipe.warmupShare = 0.25
        expectClose(
            (0..<7).map { recipe.learningRate(atStep: $0, of: 7) },
            [
                0.016000000000000014, 0.39776617418036475, 0.3466105879244678, 0.24450480877451572, 0.12693288739954048,
                0.03475370612782051, 1.6e-06,
            ], Self.tolerance)
    }

    @Test func cosine() {
        var recipe = TrainingRecipe()
        recipe.schedule = .cosine
        recipe.warmupShare = 0.5
        expectClose(
            (0..<8).map { recipe.learningRate(atStep: $0, of: 8) },
            [0.025, 0.05, 0.075, 0.1, 0.1, 0.08535533905932738, 0.05, 0.014644660940672627], Self.tolerance)
    }

    @Test(arguments: TrainingRecipe.Schedule.allCases) func edgesStayPositiveAndBelowThePeak(_ schedule: TrainingRecipe.Schedule)
    {
        for share in [0, 0.1, 1] {
            for steps in [1, 2, 3, 10] {
                var recipe = TrainingRecipe()
                recipe.schedule = schedule
                recipe.warmupShare = share
                for step in 0..<steps {
                    let rate = recipe.learningRate(atStep: step, of: steps)
                    #expect(rate > 0 && rate <= 0.1 + 1e-15, "step \(step) of \(steps), share \(share)")
                }
            }
        }
    }
}
