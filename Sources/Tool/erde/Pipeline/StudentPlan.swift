import Architectures
import Artifacts
import Diagnostics
import Graphs

/// Which student is trained, for which budgets, and what else was considered: all known before the first image is read.
struct StudentPlan {
    private(set) var architecture: ArchitectureDescription
    private(set) var cumulativeMACs: [Int]
    let targetMACs: Double
    /// The budgets to fit; nil takes the default ones around the target.
    let budgets: [Double]?
    private(set) var candidates: [StudentCandidate]
    /// Why the student is this one.
    private(set) var reason: String
    /// The family that it was chosen from; nil when it was asked for by name.
    private let choice: StudentChoice?

    /// - Parameter wish: the network that the user names; nil or `auto` chooses one of the teacher's family, `auto:NAME` one
    ///   that is no larger than the network of that name.
    /// - Throws: `ErdeError` of kind `usage` for a target or a budget that no thresholds can reach.
    init(
        teacher: Model, teacherName: String, wish: String?, targetMACs: Double, maxMACs: Double?, budgets: [Double]?
    ) throws(ErdeError) {
        let (image, classes) = (teacher.metadata.image, teacher.metadata.classNames.count)
        self.targetMACs = targetMACs
        if let wish, wish != "auto", !wish.hasPrefix(StudentPlan.automatic) {
            architecture = try ArchitectureDescription(parsing: wish)
            let cost = try architecture.cost(image: image, classes: classes)
            cumulativeMACs = cost.cumulativeMACs
            candidates = [
                StudentCandidate(
                    architecture: architecture.name, cumulativeMACs: cumulativeMACs, parameterCount: cost.parameterCount,
                    isChosen: true, reason: "asked for")
            ]
            reason = "\(architecture.name) was asked for."
            choice = nil
        } else {
            let largest = try StudentPlan.largest(wish, teacher, teacherName)
            let teacherMACs = Double(teacher.metadata.cumulativeMACs.last ?? 0)
            let choice = try StudentChoice.choose(
                teacher: largest, image: image, classes: classes, targetMACs: targetMACs,
                maxMACs: min(maxMACs ?? teacherMACs, teacherMACs))
            self.choice = choice
            architecture = choice.chosen.architecture
            cumulativeMACs = choice.chosen.cumulativeMACs
            candidates = choice.candidates.map { candidate in
                let isChosen = candidate == choice.chosen
                return StudentCandidate(
                    architecture: candidate.architecture.name, cumulativeMACs: candidate.cumulativeMACs,
                    parameterCount: candidate.parameterCount, isChosen: isChosen,
                    reason: isChosen ? "full depth nearest to twice the budget" : nil)
            }
            reason =
                "Of \(candidates.count) networks of the \(architecture.family.rawValue) family, \(architecture.name) has the "
                + "full depth nearest to twice the budget (\(macsText(Double(cumulativeMACs[cumulativeMACs.count - 1])))) with a "
                + "first exit of \(macsText(Double(cumulativeMACs[0]))); early exits keep nearly the accuracy of full depth at about half "
                + "its MACs."
        }
        for budget in [targetMACs] + (budgets ?? []) where budget < Double(cumulativeMACs[0]) {
            throw ErdeError(
                .usage, macsText(budget),
                "cannot be reached by \(architecture.name): its first exit alone costs \(macsText(Double(cumulativeMACs[0])))",
                remedy: "choose a budget of at least that, or a smaller --student")
        }
        if let maxMACs, let most = cumulativeMACs.last, Double(most) > maxMACs {
            throw ErdeError(
                .usage, "--max-macs", "\(architecture.name) costs \(macsText(Double(most))) at full depth",
                remedy: "choose a smaller --student")
        }
        self.budgets = budgets.map { Array(Set($0 + [targetMACs])).sorted() }
    }

    /// Students worth a short training, the present one first; empty when it was asked for by name.
    func shortlist(count: Int) -> [StudentChoice.Candidate] {
        let least = (budgets ?? [targetMACs]).min() ?? targetMACs
        return choice?.shortlist(targetMACs: targetMACs, count: count).filter { Double($0.cumulativeMACs[0]) <= least } ?? []
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
            candidate.reason = own.last.map { candidate.isChosen ? "won round \(rounds)" : "lost round \($0.round + 1)" }
            return candidate
        }
        let tried = Set(trials.map(\.architecture)).count
        plan.reason =
            "Of \(candidates.count) networks of the \(architecture.family.rawValue) family, \(tried) were trained for a short time "
            + "in \(rounds) round\(rounds == 1 ? "" : "s"); \(plan.architecture.name) was the most accurate at the budget on the calibration images."
        return plan
    }

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
