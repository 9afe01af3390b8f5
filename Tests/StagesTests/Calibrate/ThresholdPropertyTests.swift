import Artifacts
import Calibrate
import Diagnostics
import Testing

@Suite struct ThresholdPropertyTests {
    /// Every combination of thresholds between, below and above all scores.
    private func bruteForce(_ scores: ExitScores, _ correctness: Correctness, budget: Double) -> (Int, Double) {
        var combinations: [[Double]] = [[]]
        for exit in 0..<scores.exitCount - 1 {
            let cuts = [0] + Set(scores.scores[exit]).map { $0 + 1e-9 }
            combinations = combinations.flatMap { start in cuts.map { start + [$0] } }
        }
        var best = (-1, Double.infinity)
        for thresholds in combinations {
            let result = measured(thresholds, scores, correctness)
            guard result.meanMACs <= budget + 1e-9 else { continue }
            if result.correct > best.0 || (result.correct == best.0 && result.meanMACs < best.1) {
                best = (result.correct, result.meanMACs)
            }
        }
        return best
    }

    @Test(arguments: [(1, 5, 3), (2, 17, 6), (3, 13, 5), (3, 1, 4), (4, 11, 4), (4, 7, 3)])
    func equalToBruteForceWithTies(exits: Int, images: Int, levels: Int) throws {
        for seed in 1...6 {
            let (scores, correctness) = randomProblem(exits: exits, images: images, levels: levels, seed: UInt64(seed))
            let costs = scores.cumulativeMACs
            for share in [0.0, 0.2, 0.5, 0.9, 1.0, 1.5] {
                let budget = costs[0] + share * (costs[exits - 1] - costs[0])
                let fitted = try bestThresholds(for: [budget], scores: scores, correctness: correctness)[0]
                let best = bruteForce(scores, correctness, budget: budget)
                #expect(fitted.correctCount == best.0, "seed \(seed), budget \(budget)")
                #expect(abs(fitted.meanMACs - best.1) < 1e-9, "seed \(seed), budget \(budget)")
            }
        }
    }

    @Test(arguments: [2, 3, 4, 5, 7])
    func neverOverBudgetAndMoreBudgetNeverFewerRight(exits: Int) throws {
        let (scores, correctness) = randomProblem(exits: exits, images: 211, levels: 97, seed: UInt64(exits))
        let costs = scores.cumulativeMACs
        let budgets = (0...12).map { costs[0] + Double($0) / 10 * (costs[exits - 1] - costs[0]) }
        let fitted = try bestThresholds(for: budgets, scores: scores, correctness: correctness)
        #expect(fitted.map(\.budgetMACs) == budgets)
        for (one, budget) in zip(fitted, budgets) {
            let result = measured(one.thresholds, scores, correctness)
            #expect(result.meanMACs <= budget * (1 + 1e-9))
            #expect(result.correct == one.correctCount)
        }
        for (one, next) in zip(fitted, fitted.dropFirst()) { #expect(next.correctCount >= one.correctCount) }
        let shared = try sharedThresholds(for: budgets, scores: scores, correctness: correctness)
        for (one, best) in zip(shared, fitted) {
            #expect(Set(one.thresholds).count == 1)
            let result = measured(one.thresholds, scores, correctness)
            #expect(result.meanMACs <= one.budgetMACs * (1 + 1e-9))
            #expect(result.correct == one.correctCount)
            #expect(best.correctCount >= one.correctCount)
        }
    }

    @Test(arguments: [3, 6])
    func orderOfBudgetsDoesNotMatter(exits: Int) throws {
        let (scores, correctness) = randomProblem(exits: exits, images: 101, levels: 50, seed: 5)
        let (least, most) = (scores.cumulativeMACs[0], scores.cumulativeMACs[exits - 1])
        let budgets = [most, least, (least + most) / 2]
        let mixed = try bestThresholds(for: budgets, scores: scores, correctness: correctness)
        let sorted = try bestThresholds(for: budgets.sorted(), scores: scores, correctness: correctness)
        #expect(mixed == [sorted[2], sorted[0], sorted[1]])
    }

    @Test func aBudgetBelowTheFirstExitNamesItsCost() {
        let (scores, correctness) = randomProblem(exits: 2, images: 9, levels: 5, seed: 1)
        let large = ExitScores(scores: scores.scores, cumulativeMACs: [3_763_200, 9_403_008])
        let error = #expect(throws: ErdeError.self) {
            try bestThresholds(for: [2e6], scores: large, correctness: correctness)
        }
        #expect(error?.kind == .usage)
        #expect(error?.subject == "budget of 2.000 M MACs")
        #expect(error?.problem.contains("3.763 M MACs") == true)
        #expect(error?.remedy?.contains("3763200") == true)
        #expect(throws: ErdeError.self) {
            try bestThresholds(for: [.nan], scores: large, correctness: correctness)
        }
    }

    @Test func aBudgetAboveTheLastExitIsMet() throws {
        let scores = ExitScores(scores: [[0.5, 0.1, 0.9], [0, 0, 0]], cumulativeMACs: [1, 4])
        let correctness = Correctness([[false, false, false], [true, true, true]])
        let fitted = try bestThresholds(for: [100], scores: scores, correctness: correctness)[0]
        #expect(fitted.thresholds == [0])
        #expect(fitted.correctCount == 3)
        #expect(fitted.meanMACs == 4)
    }

    @Test func thresholdsAreStrictAndLieBetweenScores() throws {
        let scores = ExitScores(scores: [[0.5, 0.5, 1.0], [0, 0, 0]], cumulativeMACs: [1, 3])
        let correctness = Correctness([[true, true, false], [true, true, true]])
        let fitted = try bestThresholds(for: [3], scores: scores, correctness: correctness)[0]
        #expect(fitted.thresholds == [0.75])
        #expect(scores.exits(under: [0.5]) == [1, 1, 1])
        #expect(scores.exits(under: [0.5 + 1e-12]) == [0, 0, 1])
    }

    @Test func fiveThousandImagesAndThreeExitsAreSolvedExactlyInOnePass() throws {
        let (scores, correctness) = randomProblem(exits: 3, images: 5000, levels: 1 << 30, seed: 3)
        let problem = FittingProblem(scores, correctness)
        #expect(ExhaustiveSolver.isExact(problem))
        let costs = scores.cumulativeMACs
        let budgets = (1...40).map { costs[0] + Double($0) / 40 * (costs[2] - costs[0]) }
        let fitted = try bestThresholds(for: budgets, scores: scores, correctness: correctness)
        let lagrangian = try LagrangianSolver().solve(problem, budgets: [budgets[19]])[0]
        #expect(fitted[19].correctCount >= lagrangian.outcome.correct)
        // The heuristic for many exits comes close to the proven optimum.
        #expect(lagrangian.outcome.correct >= fitted[19].correctCount - 10)
    }

    /// With few images gates depend on each other most, and moving them one or two at a time may end early.
    @Test func atManyExitsTheBestIsSeldomMissed() throws {
        var fits = 0
        var misses = 0
        for (exits, images, levels) in [(5, 6, 4), (5, 9, 3), (6, 5, 3)] {
            for seed in 1...8 {
                let (scores, correctness) = randomProblem(exits: exits, images: images, levels: levels, seed: UInt64(seed))
                let costs = scores.cumulativeMACs
                for share in [0.0, 0.3, 0.6, 1.0] {
                    let budget = costs[0] + share * (costs[exits - 1] - costs[0])
                    let fitted = try bestThresholds(for: [budget], scores: scores, correctness: correctness)[0]
                    let best = bruteForce(scores, correctness, budget: budget).0
                    #expect((best - 1...best).contains(fitted.correctCount), "\(exits) exits, seed \(seed), budget \(budget)")
                    fits += 1
                    misses += fitted.correctCount < best ? 1 : 0
                }
            }
        }
        #expect(misses * 10 <= fits, "\(misses) of \(fits)")
    }

    /// The search that is all there is for more exits, where what is best is known.
    @Test func theSearchForManyExitsComesCloseToTheOptimum() throws {
        for seed in 1...3 {
            let logits = randomLogits(exits: 4, images: 300, classes: 4, seed: UInt64(seed))
            let scores = logits.scores(.entropy, cumulativeMACs: [2, 3, 5, 8])
            let expected = expectedCorrectness(scores, logits.correctness(of: logits.answers()))
            let problem = FittingProblem(scores, expected: expected)
            #expect(ExhaustiveSolver.isExact(problem))
            let budgets = (0...12).map { 2 + Double($0) / 2 }
            let exact = try ExhaustiveSolver().solve(problem, budgets: budgets)
            let searched = try LagrangianSolver().solve(problem, budgets: budgets)
            for ((one, best), budget) in zip(zip(searched, exact), budgets) {
                let missing = Double(best.outcome.correct - one.outcome.correct) / 65536
                #expect(missing >= 0 && missing < 0.3, "seed \(seed), budget \(budget)")
                #expect(one.outcome.macs <= budget * 300 * (1 + 1e-9), "seed \(seed), budget \(budget)")
            }
        }
    }

    @Test func aSearchTellsHowFarItIsAndCanBeStopped() throws {
        let (scores, correctness) = randomProblem(exits: 6, images: 60, levels: 30, seed: 2)
        let budgets = (0..<8).map { scores.cumulativeMACs[0] + Double($0) }
        var shares: [Double] = []
        var run = FittingRun()
        run.report = { shares.append($0) }
        let watched = try bestThresholds(for: budgets, scores: scores, correctness: correctness, run: run)
        #expect(shares.count > 2 && shares.allSatisfy { (0...1).contains($0) }, "\(shares)")
        #expect(try bestThresholds(for: budgets, scores: scores, correctness: correctness) == watched)
        var asked = 0
        run.shouldStop = {
            asked += 1
            return asked > 20
        }
        let error = #expect(throws: ErdeError.self) {
            try bestThresholds(for: budgets, scores: scores, correctness: correctness, run: run)
        }
        #expect(error?.kind == .interrupted && asked == 21)
    }

    @Test func quantileCutsWithRefinementComeCloseToTheOptimumWithFourExits() throws {
        let (scores, correctness) = randomProblem(exits: 4, images: 1500, levels: 1 << 30, seed: 8)
        let problem = FittingProblem(scores, correctness)
        #expect(!ExhaustiveSolver.isExact(problem))
        let costs = scores.cumulativeMACs
        let budget = (costs[0] + costs[3]) / 2
        let best = try bestThresholds(for: [budget], scores: scores, correctness: correctness)[0]
        for solver in allSolvers {
            let outcome = try solver.solve(problem, budgets: [budget])[0].outcome
            #expect(outcome.correct <= best.correctCount, "\(solver.method)")
            #expect(outcome.macs <= budget * 1500 * (1 + 1e-9), "\(solver.method)")
        }
    }
}
