import Architectures
import Artifacts
import Calibrate
import Diagnostics
import Graphs

/// What `prune` says of the model it made.
struct PrunedModel: Encodable {
    let model: String
    let architecture: String
    let parameterCount: Int
    let parameterCountBefore: Int
    let fileBytes: Int
    let cumulativeMACs: [Int]
    let cumulativeMACsBefore: [Int]
    /// 0…1; nil where no images were looked at.
    let calibrationAccuracyPerExitBefore: [Double]?
    /// 0…1; nil where no images were looked at.
    let calibrationAccuracyPerExit: [Double]?
    /// Budgets whose thresholds were fitted again.
    let budgets: [Double]

    init(
        _ model: Model, from before: Model, name: String, place: DatasetPlace?, engine: EngineOptions
    ) throws(ErdeError) {
        self.model = name
        architecture = model.metadata.provenance.networkName ?? "imported"
        parameterCountBefore = before.graph.cost().parameterCount
        parameterCount = model.graph.cost().parameterCount
        fileBytes = InputFile.size(name) ?? 0
        cumulativeMACs = model.metadata.cumulativeMACs
        cumulativeMACsBefore = before.metadata.cumulativeMACs
        budgets = model.metadata.operatingPoints.map(\.budgetMACs)
        func accuracy(_ model: Model) throws(ErdeError) -> [Double]? {
            guard let samples = place?.dataset.calibration, samples.count > 0 else { return nil }
            return try LabelledLogits(of: model, samples, engine: engine).accuracyPerExit
        }
        calibrationAccuracyPerExitBefore = try accuracy(before)
        calibrationAccuracyPerExit = try accuracy(model)
    }

    var text: String {
        var table = TextTable(["exit", "MACs", "calibration accuracy", "before"])
        for (exit, macs) in cumulativeMACs.enumerated() {
            table.add([
                "\(exit + 1)", macsText(Double(macs)), calibrationAccuracyPerExit.map { percentText($0[exit]) } ?? "–",
                calibrationAccuracyPerExitBefore.map { percentText($0[exit]) } ?? "–",
            ])
        }
        let (macs, before) = (Double(cumulativeMACs.last ?? 0), Double(cumulativeMACsBefore.last ?? 0))
        return table.text + "\n\n\(model): \(architecture), \(macsText(macs)) of \(macsText(before)), "
            + "\(groupedText(parameterCount)) of \(groupedText(parameterCountBefore)) parameters, \(bytesText(fileBytes))"
            + (budgets.isEmpty
                ? "" : "\nThresholds were fitted again for \(budgets.map { macsText($0) }.joined(separator: ", ")).")
    }
}
