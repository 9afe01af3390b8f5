package import Artifacts
package import Diagnostics

/// Thresholds for one budget, with what they give on the split they were fitted on.
package struct FittedThresholds: Hashable, Sendable {
    package var budgetMACs: Double
    package var thresholds: [Double]
    package var method: ThresholdMethod
    /// Images answered right.
    package var correctCount: Int
    package var meanMACs: Double

    /// - Parameter images: of the split they were fitted on.
    func operatingPoint(score: GateScore, images: Int) -> OperatingPoint {
        OperatingPoint(
            budgetMACs: budgetMACs, policy: ExitPolicy(score: score, thresholds: thresholds),
            calibrationAccuracy: Double(correctCount) / Double(images), calibrationMeanMACs: meanMACs)
    }
}

/// What thresholds are to have most of.
package enum ThresholdObjective: Sendable {
    /// Right answers, counted on the images they are fitted to.
    case rightAnswers
    /// Right answers as they are to be expected of images with such scores (`expectedCorrectness`): less is fitted to chance.
    case expectedAnswers
}

/// The thresholds with the most of an objective for each budget, the best of all solvers; of equals, those with fewer MACs.
///
/// Exact for up to 4 exits where every combination can be tried. A larger budget never has less of the objective.
///
/// - Parameter budgets: mean MACs an image may cost, in any order.
/// - Throws: `ErdeError` of kind `usage` for a budget that not even leaving at the first exit meets, `interrupted` when asked to
///   stop.
package func bestThresholds(
    for budgets: [Double], scores: ExitScores, correctness: Correctness, objective: ThresholdObjective = .rightAnswers,
    run: FittingRun = FittingRun()
) throws(ErdeError) -> [FittedThresholds] {
    try check(budgets: budgets, cumulativeMACs: scores.cumulativeMACs)
    let counted = FittingProblem(scores, correctness)
    let problem =
        switch objective {
        case .rightAnswers: counted
        case .expectedAnswers: FittingProblem(scores, expected: expectedCorrectness(scores, correctness))
        }
    var solvers: [any ThresholdSolver] = []
    if ExhaustiveSolver.supports(problem) { solvers.append(ExhaustiveSolver()) }
    // Nothing beats a search that has tried everything.
    if !ExhaustiveSolver.isExact(problem) { solvers += [LagrangianSolver(), GeometricSharesSolver(), SharedThresholdSolver()] }
    var solutions: [(method: ThresholdMethod, found: [CutSolution])] = []
    for solver in solvers { solutions.append((solver.method, try solver.solve(problem, budgets: budgets, run: run))) }
    var fitted = [FittedThresholds?](repeating: nil, count: budgets.count)
    var best: (method: ThresholdMethod, solution: CutSolution)?
    for index in budgets.indices.sorted(by: { budgets[$0] < budgets[$1] }) {
        for (method, found) in solutions where best.map({ found[index].outcome.isBetter(than: $0.solution.outcome) }) ?? true {
            best = (method, found[index])
        }
        if let best { fitted[index] = describe(best.solution, best.method, budgets[index], counted) }
    }
    return fitted.compactMap { $0 }
}

/// One threshold shared by all exits for each budget: the baseline.
///
/// - Throws: `ErdeError` of kind `usage` as `bestThresholds`.
package func sharedThresholds(
    for budgets: [Double], scores: ExitScores, correctness: Correctness
) throws(ErdeError) -> [FittedThresholds] {
    try check(budgets: budgets, cumulativeMACs: scores.cumulativeMACs)
    let problem = FittingProblem(scores, correctness)
    let solver = SharedThresholdSolver()
    return zip(budgets, try solver.solve(problem, budgets: budgets)).map { budget, solution in
        var fitted = describe(solution, .shared, budget, problem)
        let threshold = solver.threshold(problem, solution)
        fitted.thresholds = fitted.thresholds.map { _ in threshold }
        return fitted
    }
}

/// Refuses budgets below the cost of the first exit and values that are no budgets.
package func check(budgets: [Double], cumulativeMACs: [Double]) throws(ErdeError) {
    let least = cumulativeMACs[0]
    for budget in budgets where !(budget >= least * (1 - 1e-12)) {
        throw ErdeError(
            .usage, "budget of \(macsText(budget))",
            "an image costs at least \(macsText(least)), what the first exit takes (\(Int(least.rounded(.up))) MACs)",
            remedy: "ask for at least \(Int(least.rounded(.up))), or choose a smaller student")
    }
}

/// - Parameter problem: in which right answers are counted.
private func describe(
    _ solution: CutSolution, _ method: ThresholdMethod, _ budget: Double, _ problem: FittingProblem
) -> FittedThresholds {
    let outcome = problem.outcome(of: solution.cuts)
    return FittedThresholds(
        budgetMACs: budget,
        thresholds: solution.cuts.enumerated().map { problem.threshold(exit: $0, cut: $1) },
        method: method, correctCount: outcome.correct,
        meanMACs: outcome.macs / Double(max(1, problem.imageCount)))
}
