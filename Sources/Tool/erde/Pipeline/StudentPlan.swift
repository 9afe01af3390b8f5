import Architectures
import Artifacts
import Diagnostics
import Graphs
import Pruning

/// Which student is trained, for which budgets, and what else was considered: all known before the first image is read.
struct StudentPlan {
    /// Nil where it is the teacher with fewer channels.
    private(set) var architecture: ArchitectureDescription?
    /// Before pruning.
    private(set) var cumulativeMACs: [Int]
    let targetMACs: Double
    /// The budgets to fit; nil takes the default ones around the target.
    let budgets: [Double]?
    private(set) var candidates: [StudentCandidate]
    /// Why the student is this one.
    private(set) var reason: String
    /// How channels are removed; nil where none are.
    let pruning: PruningRecipe?
    private let pruneTo: MACQuantity?
    private let maxMACs: Double?
    /// The mean MACs that candidates are compared at: what is pruned later may cost more now.
    let searchTargetMACs: Double
    /// The family that it was chosen from; nil when it was asked for by name.
    private let choice: StudentChoice?

    /// Whether there is anything to choose by short trainings.
    var hasChoice: Bool { choice != nil }

    /// - Parameters:
    ///   - wish: the network that the user names; nil or `auto` chooses one of the teacher's family, `auto:NAME` one that is
    ///     no larger than the network of that name, `prune` takes the teacher with fewer channels.
    ///   - pruning: of the student or, with `prune`, of the teacher; nil prunes nothing.
    ///   - pruneTo: MACs of the whole network afterwards, shares taken of what it costs before; nil takes half of a student,
    ///     and twice the target of a teacher, or three quarters of the way from the target to its cost where that is less.
    /// - Throws: `ErdeError` of kind `usage` for a target or a budget that no thresholds can reach.
    init(
        teacher: Model, teacherName: String, wish: String?, targetMACs: Double, maxMACs: Double?, budgets: [Double]?,
        pruning: PruningRecipe? = nil, pruneTo: MACQuantity? = nil
    ) throws(ErdeError) {
        if let maxMACs, targetMACs > maxMACs {
            throw ErdeError(
                .usage, "--target-macs",
                "a mean of \(macsText(targetMACs)) cannot be had where no image may cost more than \(macsText(maxMACs))",
                remedy: "lower it, or raise --max-macs")
        }
        let (image, classes) = (teacher.metadata.image, teacher.metadata.classNames.count)
        self.targetMACs = targetMACs
        self.pruning = pruning
        self.pruneTo = pruneTo
        self.maxMACs = maxMACs
        self.budgets = budgets.map { Array(Set($0 + [targetMACs])).sorted() }
        let share = pruning == nil ? 1 : pruneTo?.share ?? 0.5
        searchTargetMACs = targetMACs / share
        if wish == StudentPlan.prunedTeacher {
            architecture = nil
            cumulativeMACs = teacher.metadata.cumulativeMACs
            candidates = []
            choice = nil
            reason = "The student is \(teacherName) with fewer channels."
            try teacher.requireNumbers()
            try requireReach(teacher.graph)
            return
        }
        let chosen: ArchitectureDescription
        if let wish, wish != "auto", !wish.hasPrefix(StudentPlan.automatic) {
            chosen = try ArchitectureDescription(parsing: wish)
            let cost = try chosen.cost(image: image, classes: classes)
            cumulativeMACs = cost.cumulativeMACs
            candidates = [
                StudentCandidate(
                    architecture: chosen.name, cumulativeMACs: cumulativeMACs, parameterCount: cost.parameterCount,
                    isChosen: true, reason: "asked for")
            ]
            reason = "\(chosen.name) was asked for."
            choice = nil
        } else {
            let largest = try StudentPlan.largest(wish, teacher, teacherName)
            let teacherMACs = Double(teacher.metadata.cumulativeMACs.last ?? 0)
            let choice = try StudentChoice.choose(
                teacher: largest, image: image, classes: classes, targetMACs: searchTargetMACs,
                maxMACs: maxMACs.map { $0 / share }, teacherMACs: teacherMACs)
            self.choice = choice
            chosen = choice.chosen.architecture
            cumulativeMACs = choice.chosen.cumulativeMACs
            let rule = StudentPlan.rule(of: choice.chosen, share: share)
            candidates = choice.candidates.map { candidate in
                let isChosen = candidate == choice.chosen
                return StudentCandidate(
                    architecture: candidate.architecture.name, cumulativeMACs: candidate.cumulativeMACs,
                    parameterCount: candidate.parameterCount, isChosen: isChosen,
                    reason: isChosen ? rule.name : nil)
            }
            reason =
                "Of \(candidates.count) networks of the \(chosen.family.rawValue) family, \(chosen.name) has the \(rule.reason)."
        }
        architecture = chosen
        try requireReach(of: chosen, teacher)
        let most = Double(cumulativeMACs[cumulativeMACs.count - 1])
        let left = try prunedMACs() ?? most
        // About: a ranking over the whole network need not take the same share from every exit.
        let first = Double(cumulativeMACs[0]) * left / most
        for budget in [targetMACs] + (budgets ?? []) where budget < first {
            throw ErdeError(
                .usage, macsText(budget),
                "cannot be reached by \(chosen.name): its first exit alone costs \(macsText(first))",
                remedy: "choose a budget of at least that, or a smaller --student")
        }
        if let maxMACs, left > maxMACs {
            throw ErdeError(
                .usage, "--max-macs", "\(chosen.name) costs \(macsText(left)) at full depth",
                remedy: "choose a smaller --student")
        }
    }

    /// Why the family's student is this one, in a few words and in more.
    ///
    /// - Parameter share: what pruning leaves of it.
    private static func rule(of chosen: StudentChoice.Candidate, share: Double) -> (name: String, reason: String) {
        let full = macsText(Double(chosen.fullDepthMACs))
        func budgets(_ count: Double) -> String {
            switch count {
            case 1: "the budget"
            case 2: "twice the budget"
            default: "\(decimalText(count, decimals: 1)) times the budget"
            }
        }
        guard chosen.cumulativeMACs.count > 1 else {
            let name = "largest full depth of at most \(budgets(1 / share))"
            return (name, "\(name) (\(full)); with one exit every image goes through the whole network")
        }
        let percent = Int((100 * StudentChoice.firstExitShare / share).rounded())
        let name =
            "full depth nearest to \(budgets(StudentChoice.fullDepthBudgets / share)), of those whose first exit costs at most "
            + "\(percent) % of the budget"
        return (
            name,
            "\(name): \(full), and \(macsText(Double(chosen.cumulativeMACs[0]))) for the first exit; early exits keep nearly the "
                + "accuracy of full depth at about half its MACs"
        )
    }

    /// What is made, one from the other.
    var stages: [CompressionStage] { pruning == nil || architecture == nil ? [.student] : [.student, .pruned] }

    /// Whether short trainings have chosen the student.
    var isSearched: Bool { candidates.contains { $0.trainingImages > 0 } }

    /// As `--student` and recipes take it.
    var wish: String { architecture?.name ?? StudentPlan.prunedTeacher }

    /// MACs of the whole network after pruning; nil where nothing is pruned.
    func prunedMACs() throws(ErdeError) -> Double? {
        guard pruning != nil, let full = cumulativeMACs.last else { return nil }
        // Twice a target of half the cost and more would leave nothing to remove.
        let most = targetMACs + StudentPlan.largestRest * (Double(full) - targetMACs)
        let usual = architecture == nil ? min(2 * targetMACs, most) : Double(full) / 2
        return min(try pruneTo?.macs(of: full) ?? usual, maxMACs ?? .infinity)
    }

    private func requireReach(_ graph: Graph) throws(ErdeError) {
        guard let pruning, let goal = try prunedMACs() else { return }
        try ChannelSelection.requireReach(goal, pruning, graph)
    }

    private func requireReach(of architecture: ArchitectureDescription, _ teacher: Model) throws(ErdeError) {
        guard pruning != nil else { return }
        let unit = [Float](repeating: 1, count: teacher.metadata.image.channels)
        try requireReach(
            architecture.buildGraph(
                image: teacher.metadata.image, classes: teacher.metadata.classNames.count, mean: unit,
                standardDeviation: unit))
    }

    /// Students worth a short training, the present one first; empty when it was asked for by name.
    func shortlist(count: Int) -> [StudentChoice.Candidate] {
        let least = ((budgets ?? [targetMACs]).min() ?? targetMACs) * searchTargetMACs / targetMACs
        return choice?.shortlist(targetMACs: searchTargetMACs, count: count).filter { Double($0.cumulativeMACs[0]) <= least }
            ?? []
    }

    /// The same plan with the winner of a search as its student.
    ///
    /// - Parameter trials: all trainings of the search, of `rounds` rounds.
    func choosing(_ winner: StudentChoice.Candidate, after trials: [SearchLog.Entry], rounds: Int) -> StudentPlan {
        var plan = self
        plan.architecture = winner.architecture
        plan.cumulativeMACs = winner.cumulativeMACs
        plan.candidates = candidates.map { candidate in
            var candidate = candidate
            let own = trials.filter { $0.architecture == candidate.architecture }
            candidate.isChosen = candidate.architecture == winner.architecture.name
            candidate.trainingImages = own.reduce(0) { $0 + $1.images }
            candidate.calibrationAccuracy = own.last?.calibrationAccuracy
            candidate.reason = own.last.map { trial in
                if candidate.isChosen { return "won round \(rounds)" }
                return "\(trial.diverged == true ? "diverged in" : "lost") round \(trial.round + 1)"
            }
            return candidate
        }
        let tried = Set(trials.map(\.architecture)).count
        plan.reason =
            "Of \(candidates.count) networks of the \(winner.architecture.family.rawValue) family, \(tried) were trained for a short time "
            + "in \(rounds) round\(rounds == 1 ? "" : "s"); \(winner.architecture.name) was the most accurate at the budget on the calibration images."
        return plan
    }

    /// `--student prune`
    static let prunedTeacher = "prune"
    /// Of what a teacher costs beyond the target, the most that pruning leaves where nothing else is asked for.
    private static let largestRest = 0.75
    private static let automatic = "auto:"

    /// The network of which students are smaller versions.
    private static func largest(
        _ wish: String?, _ teacher: Model, _ teacherName: String
    ) throws(ErdeError) -> ArchitectureDescription {
        if let wish, wish.hasPrefix(automatic) {
            return try ArchitectureDescription(parsing: String(wish.dropFirst(automatic.count)))
        }
        guard let own = teacher.metadata.provenance.architecture else {
            throw ErdeError(
                .usage, teacherName, "does not say of which family it is, so no student can be chosen",
                remedy: "name one with --student, for example --student preresnet-8x1, or --student auto:preresnet-20")
        }
        return own
    }
}
