package import Artifacts
package import Diagnostics
import Glibc
import Graphs

/// The student that a mean-MAC budget asks for, chosen from a family before any training.
///
/// The rule comes from measurement: on images of which most are easy, early exits keep the accuracy of full depth at
/// about half its MACs. So the student's full depth should cost about twice the budget, and its first exit must leave
/// room under the budget for the images that go deeper. A student of one exit spends its full depth on every image, which
/// must then not cost more than the budget.
package struct StudentChoice: Hashable, Sendable {
    /// One network of the student family.
    package struct Candidate: Hashable, Sendable, Codable {
        package var architecture: ArchitectureDescription
        /// MACs of one image that leaves at each exit.
        package var cumulativeMACs: [Int]
        /// Scalars learned by gradient.
        package var parameterCount: Int

        /// MACs of an image that goes through the whole network.
        package var fullDepthMACs: Int { cumulativeMACs[cumulativeMACs.count - 1] }
    }

    /// The largest share of the budget that the first exit may cost.
    package static let firstExitShare = 0.6
    /// How many budgets the full depth should cost.
    package static let fullDepthBudgets = 2.0

    package var chosen: Candidate
    /// The whole family below the limits, by ascending full-depth MACs; the chosen one is among them.
    package var candidates: [Candidate]

    /// Chooses the candidate whose first exit costs at most 0.6 budgets and whose full depth is nearest to 2 budgets; with one
    /// exit, the one of the largest full depth that is not above the budget.
    ///
    /// What the candidates are, the family says; none is larger than the network they are versions of, nor costs more than the
    /// teacher, and all have the same number of exits.
    ///
    /// - Parameters:
    ///   - teacher: the network that the students are smaller versions of.
    ///   - targetMACs: the mean MACs an image may cost.
    ///   - maxMACs: the most that any image may cost; nil leaves what the teacher costs as the limit.
    ///   - teacherMACs: what the teacher costs at full depth, where it is another network than `teacher`.
    ///   - exits: number of exits, at most those of `teacher`; nil takes as many as it has.
    /// - Throws: `ErdeError` of kind `usage` for a budget below every candidate, naming the smallest one in reach.
    package static func choose(
        teacher: ArchitectureDescription, image: ImageFormat, classes: Int, targetMACs: Double, maxMACs: Double? = nil,
        teacherMACs: Double? = nil, exits: Int? = nil
    ) throws(ErdeError) -> StudentChoice {
        try teacher.validate(as: teacher.name)
        try teacher.requireTask(image: image, classes: classes)
        let most = teacher.exitBlocks.count
        let exits = exits ?? most
        guard 1...most ~= exits else {
            throw ErdeError(
                .usage, "exits", "a student of \(exits) exits from a teacher of \(most)",
                remedy: "choose 1 to \(most)")
        }
        let own = Double(try teacher.cumulativeMACs(image: image, classes: classes).last ?? 0)
        let bound = min(teacherMACs ?? own, own)
        let limit = min(maxMACs ?? bound, bound)
        let family = try family(of: teacher, exits: exits, image: image, classes: classes)
        guard let smallest = family.first.map({ Double($0.fullDepthMACs) }) else {
            throw ErdeError(
                .usage, teacher.name, "no smaller network of its family has \(exits) \(noun("exit", for: exits))",
                remedy: "name the student's network with --student")
        }
        /// Advice where no student of this network will do.
        func otherNetwork() -> String {
            let narrower = narrower(
                than: teacher, exits: exits, image: image, classes: classes, targetMACs: targetMACs, limit: limit)
            return "name a smaller network with --student" + (narrower.map { ", for example --student auto:\($0.name)" } ?? "")
        }
        guard smallest <= bound else {
            throw ErdeError(
                .usage, teacher.name,
                "even its smallest student costs \(macsText(smallest)), and the teacher itself only \(macsText(bound))",
                remedy: otherNetwork())
        }
        guard smallest <= limit else {
            throw ErdeError(
                .usage, "maxMACs",
                "no student costs at most \(macsText(limit)); the smallest costs \(macsText(smallest))",
                remedy: "allow at least \(macsText(atLeast: smallest))")
        }
        let small = family.filter { Double($0.fullDepthMACs) <= limit }
        if let chosen = best(of: small, targetMACs: targetMACs) { return StudentChoice(chosen: chosen, candidates: small) }
        let (least, reason) = outOfReach(small)
        throw ErdeError(
            .usage, "targetMACs", "\(macsText(targetMACs)) are out of reach: \(reason)",
            remedy: least <= bound
                ? "choose a budget of at least \(macsText(atLeast: least)), or name a smaller network with --student"
                : otherNetwork())
    }

    /// The candidate that the rule is for; nil when none can meet the budget.
    ///
    /// - Parameter candidates: by ascending full-depth MACs, all with as many exits.
    private static func best(of candidates: [Candidate], targetMACs: Double) -> Candidate? {
        if candidates.first?.cumulativeMACs.count == 1 { return candidates.last { Double($0.fullDepthMACs) <= targetMACs } }
        let reachable = candidates.filter { Double($0.cumulativeMACs[0]) <= firstExitShare * targetMACs }
        let wanted = fullDepthBudgets * targetMACs
        func distance(_ candidate: Candidate) -> Double { abs(log(Double(candidate.fullDepthMACs) / wanted)) }
        return reachable.min { (distance($0), $0.cumulativeMACs[0]) < (distance($1), $1.cumulativeMACs[0]) }
    }

    /// The smallest budget that one of these candidates can meet, and why no smaller one.
    private static func outOfReach(_ candidates: [Candidate]) -> (least: Double, reason: String) {
        let firstExit = Double(candidates.map { $0.cumulativeMACs[0] }.min() ?? 0)
        guard candidates.first?.cumulativeMACs.count != 1 else {
            return (
                firstExit,
                "the smallest network of this family costs \(macsText(firstExit)), and with one exit every image goes through "
                    + "all of it"
            )
        }
        return (
            firstExit / firstExitShare,
            "the smallest first exit of this family costs \(macsText(firstExit)) and may take \(Int(firstExitShare * 100)) % "
                + "of the budget"
        )
    }

    /// The network half as wide, or a quarter and so on: the widest of which a student can be chosen; nil when none can.
    private static func narrower(
        than network: ArchitectureDescription, exits: Int, image: ImageFormat, classes: Int, targetMACs: Double, limit: Double
    ) -> ArchitectureDescription? {
        network.narrowed.first { narrowed in
            let family = try? family(of: narrowed, exits: exits, image: image, classes: classes)
            return best(of: (family ?? []).filter { Double($0.fullDepthMACs) <= limit }, targetMACs: targetMACs) != nil
        }
    }

    /// Candidates worth a short training: the chosen one, then each time the one least like those before it.
    ///
    /// They leave room for a deeper answer (the first exit costs at most 0.6 budgets) and have depth to spend it on (1.2 to 6
    /// budgets); those of one exit cost half of the budget to all of it. How like two are is told by the ratios of their costs at
    /// the first and at the last exit.
    package func shortlist(targetMACs: Double, count: Int) -> [Candidate] {
        let hasOneExit = chosen.cumulativeMACs.count == 1
        let firstExit = (hasOneExit ? 1 : StudentChoice.firstExitShare) * targetMACs
        let depth = hasOneExit ? 0.5...1 : 1.2...6
        var left = candidates.filter { candidate in
            candidate != chosen && Double(candidate.cumulativeMACs[0]) <= firstExit
                && depth ~= Double(candidate.fullDepthMACs) / targetMACs
        }
        var list = [chosen]
        func distance(_ a: Candidate, _ b: Candidate) -> Double {
            abs(log(Double(a.fullDepthMACs) / Double(b.fullDepthMACs)))
                + abs(log(Double(a.cumulativeMACs[0]) / Double(b.cumulativeMACs[0])))
        }
        while list.count < count, !left.isEmpty {
            // The nearest of the list decides how new a candidate is; of equals the cheaper one is taken.
            let news = left.map { candidate in list.map { distance(candidate, $0) }.min() ?? 0 }
            let most = news.max() ?? 0
            let place = news.firstIndex(of: most) ?? 0
            list.append(left.remove(at: place))
        }
        return list
    }

    /// All students of a teacher, by ascending full-depth MACs.
    private static func family(
        of teacher: ArchitectureDescription, exits: Int, image: ImageFormat, classes: Int
    ) throws(ErdeError) -> [Candidate] {
        var candidates: [Candidate] = []
        for architecture in Set(teacher.students(exits: exits)) {
            let cost = try architecture.cost(image: image, classes: classes)
            candidates.append(
                Candidate(
                    architecture: architecture, cumulativeMACs: cost.cumulativeMACs, parameterCount: cost.parameterCount))
        }
        let named = candidates.map { (candidate: $0, name: $0.architecture.name) }
        return named.sorted {
            ($0.candidate.fullDepthMACs, $0.candidate.cumulativeMACs[0], $0.name)
                < ($1.candidate.fullDepthMACs, $1.candidate.cumulativeMACs[0], $1.name)
        }.map(\.candidate)
    }
}
