/// The budgets a report covers when none are asked for: a quarter, half, one, one and a half and two times the target,
/// brought into the range the model can use, ascending and without repetition.
package func defaultBudgets(around target: Double, cumulativeMACs: [Int]) -> [Double] {
    guard let least = cumulativeMACs.first, let most = cumulativeMACs.last else { return [] }
    let wanted = [0.25, 0.5, 1, 1.5, 2].map { min(max(target * $0, Double(least)), Double(most)) }
    return Set(wanted).sorted()
}
