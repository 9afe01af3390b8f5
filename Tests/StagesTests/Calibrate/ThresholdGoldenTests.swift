import Calibrate
import TestSupport
import Testing

@Suite struct ThresholdGoldenTests {
    @Test func bestThresholdsReachTheOptimumOfEveryGolden() throws {
        let goldens = try LossGoldens.load().thresholds
        #expect(goldens.count == 10)
        for golden in goldens {
            let scores = ExitScores(scores: golden.entropyNats, cumulativeMACs: golden.cumulativeMACs)
            let correctness = Correctness(golden.correct.map { $0.map { $0 == 1 } })
            let fitted = try bestThresholds(
                for: [golden.meanMACBudget], scores: scores, correctness: correctness)[0]
            #expect(fitted.correctCount == golden.bestCorrectCount)
            #expect(abs(fitted.meanMACs - golden.leastMeanMACsAtThatCount) < 1e-12)
            // What is claimed is what the thresholds do.
            let result = measured(fitted.thresholds, scores, correctness)
            #expect(result.correct == fitted.correctCount)
            #expect(abs(result.meanMACs - fitted.meanMACs) < 1e-12)
        }
    }

    @Test func everySolverStaysWithinTheGoldenBudgets() throws {
        for golden in try LossGoldens.load().thresholds {
            let problem = FittingProblem(
                ExitScores(scores: golden.entropyNats, cumulativeMACs: golden.cumulativeMACs),
                Correctness(golden.correct.map { $0.map { $0 == 1 } }))
            let images = Double(problem.imageCount)
            for solver in allSolvers {
                let outcome = try solver.solve(problem, budgets: [golden.meanMACBudget])[0].outcome
                #expect(outcome.macs / images <= golden.meanMACBudget * (1 + 1e-12), "\(solver.method)")
                #expect(outcome.correct <= golden.bestCorrectCount, "\(solver.method)")
            }
        }
    }

    @Test func theLagrangianSolverReachesTheGoldenOptimaToo() throws {
        for golden in try LossGoldens.load().thresholds {
            let problem = FittingProblem(
                ExitScores(scores: golden.entropyNats, cumulativeMACs: golden.cumulativeMACs),
                Correctness(golden.correct.map { $0.map { $0 == 1 } }))
            let outcome = try LagrangianSolver().solve(problem, budgets: [golden.meanMACBudget])[0].outcome
            #expect(outcome.correct == golden.bestCorrectCount)
        }
    }
}

let allSolvers: [any ThresholdSolver] = [
    SharedThresholdSolver(), GeometricSharesSolver(), ExhaustiveSolver(), LagrangianSolver(),
]
