/// What a model knows about itself beside graph and weights.
package struct ModelMetadata: Hashable, Sendable, Codable {
    package enum Role: String, Hashable, Sendable, Codable, CaseIterable {
        case teacher
        case student
    }

    package var role: Role
    package var classNames: [String]
    package var image: ImageFormat
    /// MACs of one image that leaves at each exit: the backbone up to there and all heads on the way.
    package var cumulativeMACs: [Int]
    /// Fitted thresholds, by ascending budget.
    package var operatingPoints: [OperatingPoint]
    package var provenance: Provenance

    package init(
        role: Role, classNames: [String], image: ImageFormat, cumulativeMACs: [Int],
        operatingPoints: [OperatingPoint] = [], provenance: Provenance
    ) {
        self.role = role
        self.classNames = classNames
        self.image = image
        self.cumulativeMACs = cumulativeMACs
        self.operatingPoints = operatingPoints
        self.provenance = provenance
    }

    /// The one of some budgets that the model was made for, which tables write the same; nil where none is, or where it was made
    /// for no budget.
    package func target(among budgets: [Double]) -> Double? {
        guard let target = provenance.targetMACs else { return nil }
        return budgets.first { $0 == target } ?? budgets.first { macsText($0) == macsText(target) }
    }

    /// The operating point with the largest budget that does not exceed `macs`.
    package func operatingPoint(atMost macs: Double) -> OperatingPoint? {
        operatingPoints.filter { $0.budgetMACs <= macs * (1 + 1e-9) }.max { $0.budgetMACs < $1.budgetMACs }
    }
}
