import Architectures
import Artifacts
import Diagnostics
import Graphs

/// Which student is trained, for which budgets, and what else was considered: all known before the first image is read.
struct StudentPlan {
    let architecture: ArchitectureDescription
    let cumulativeMACs: [Int]
    let targetMACs: Double
    /// The budgets to fit; nil takes the default ones around the target.
    let budgets: [Double]?
    let candidates: [StudentCandidate]
    /// Why the student is this one.
    let reason: String

    /// - Parameter wish: the network that the user names; nil or `auto` chooses one.
    /// - Throws: `ErdeError` of kind `usage` for a target or a budget that no thresholds can reach.
    init(
        teacher: Model, teacherName: String, wish: String?, targetMACs: Double, maxMACs: Double?, budgets: [Double]?
    ) throws(ErdeError) {
        let (image, classes) = (teacher.metadata.image, teacher.metadata.classNames.count)
        self.targetMACs = targetMACs
        if let wish, wish != "auto" {
            architecture = try ArchitectureDescription(parsing: wish)
            cumulativeMACs = architecture.cumulativeMACs(image: image, classes: classes)
            candidates = [
                try StudentPlan.candidate(architecture, cumulativeMACs, image, classes, isChosen: true, reason: "asked for")
            ]
            reason = "\(architecture.name) was asked for."
        } else {
            guard let family = teacher.metadata.provenance.architecture else {
                throw ErdeError(
                    .usage, teacherName, "does not say of which family it is, so no student can be chosen",
                    remedy: "name one with --student, for example --student preresnet-8x1")
            }
            let choice = try StudentChoice.choose(
                teacher: family, image: image, classes: classes, targetMACs: targetMACs, maxMACs: maxMACs)
            architecture = choice.chosen.architecture
            cumulativeMACs = choice.chosen.cumulativeMACs
            var candidates: [StudentCandidate] = []
            for candidate in choice.candidates {
                let isChosen = candidate == choice.chosen
                candidates.append(
                    try StudentPlan.candidate(
                        candidate.architecture, candidate.cumulativeMACs, image, classes, isChosen: isChosen,
                        reason: isChosen ? "full depth nearest to twice the budget" : nil))
            }
            self.candidates = candidates
            reason =
                "Of \(candidates.count) networks of the teacher's family, \(architecture.name) has the full depth nearest to "
                + "twice the budget (\(macsText(Double(cumulativeMACs[cumulativeMACs.count - 1])))) with a first exit of "
                + "\(macsText(Double(cumulativeMACs[0]))); early exits keep nearly the accuracy of full depth at about half "
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

    private static func candidate(
        _ architecture: ArchitectureDescription, _ cumulativeMACs: [Int], _ image: ImageFormat, _ classes: Int,
        isChosen: Bool, reason: String?
    ) throws(ErdeError) -> StudentCandidate {
        let statistics = [Float](repeating: 1, count: image.channels)
        let graph = try architecture.buildGraph(
            image: image, classes: classes, mean: statistics, standardDeviation: statistics)
        return StudentCandidate(
            architecture: architecture.name, cumulativeMACs: cumulativeMACs, parameterCount: graph.cost().parameterCount,
            isChosen: isChosen, reason: reason)
    }
}
