import Artifacts
import Diagnostics

extension Model {
    /// The thresholds stored for a budget: those of the largest fitted budget that does not exceed it.
    ///
    /// - Throws: `ErdeError` of kind `usage` when the model has none that low.
    func operatingPoint(for budget: MACQuantity, named name: String) throws(ErdeError) -> OperatingPoint {
        let macs = try budget.macs(of: metadata.cumulativeMACs.last)
        if let point = metadata.operatingPoint(atMost: macs) { return point }
        let known = metadata.operatingPoints.map { macsText($0.budgetMACs) }.joined(separator: ", ")
        throw ErdeError(
            .usage, name, "has no thresholds for \(macsText(macs)); it knows \(known.isEmpty ? "none" : known)",
            remedy: "run `erde calibrate \(name) --budgets …`")
    }
}
