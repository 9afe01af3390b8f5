import Artifacts
import Diagnostics

extension Model {
    /// When images leave: by one threshold for all exits on the model's own score, by the thresholds stored for a budget, or by
    /// those of its largest budget.
    ///
    /// - Returns: nil when nothing is asked for and the model knows no thresholds.
    /// - Throws: `ErdeError` of kind `usage` when the model has no thresholds for so low a budget.
    func policy(theta: Double?, budget: MACQuantity?, named name: String) throws(ErdeError) -> ExitPolicy? {
        if let theta { return policy(theta: theta) }
        guard let budget else { return metadata.operatingPoints.last?.policy }
        return try operatingPoint(for: budget, named: name).policy
    }

    /// One threshold for all exits, on the score that the model's own thresholds are made for.
    func policy(theta: Double) -> ExitPolicy {
        ExitPolicy(
            score: metadata.operatingPoints.last?.policy.score ?? .entropy,
            thresholds: [Double](repeating: theta, count: exitCount - 1))
    }

    /// The thresholds stored for a budget: those of the budget that is written the same, as tables round it, or else of the largest
    /// fitted budget that does not exceed it.
    ///
    /// - Throws: `ErdeError` of kind `usage` when the model has none that low.
    func operatingPoint(for budget: MACQuantity, named name: String) throws(ErdeError) -> OperatingPoint {
        let macs = try budget.macs(of: metadata.cumulativeMACs.last)
        if let point = metadata.operatingPoints.last(where: { macsText($0.budgetMACs) == macsText(macs) }) { return point }
        if let point = metadata.operatingPoint(atMost: macs) {
            Console.standard.note(
                "The thresholds are those for \(macsText(point.budgetMACs)), the largest budget up to \(macsText(macs)) that "
                    + "\(name) knows")
            return point
        }
        let known = metadata.operatingPoints.map { macsText($0.budgetMACs) }.joined(separator: ", ")
        throw ErdeError(
            .usage, name, "has no thresholds for \(macsText(macs)); it knows \(known.isEmpty ? "none" : known)",
            remedy: "run `erde calibrate \(shellWord(name)) --budgets …`")
    }
}
