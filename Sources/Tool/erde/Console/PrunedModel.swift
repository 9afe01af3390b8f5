import Architectures
import Artifacts
import Calibrate
import Diagnostics
import Graphs

/// What `prune` says of the model it made.
struct PrunedModel: Encodable {
    let model: String
    let architecture: String
    let macsBefore: Int
    let parametersBefore: Int
    let parameterCount: Int
    let fileBytes: Int
    let cumulativeMACs: [Int]
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
        macsBefore = before.metadata.cumulativeMACs.last ?? 0
        parametersBefore = before.graph.cost().parameterCount
        parameterCount = model.graph.cost().parameterCount
        fileBytes = InputFile.size(name) ?? 0
        cumulativeMACs = model.metadata.cumulativeMACs
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
        let macs = cumulativeMACs.last ?? 0
        return table.text + "\n\n\(model): \(architecture), \(macsText(Double(macs))) of \(macsText(Double(macsBefore))), "
            + "\(groupedText(parameterCount)) of \(groupedText(parametersBefore)) parameters, \(bytesText(fileBytes))"
            + (budgets.isEmpty
                ? "" : "\nThresholds were fitted again for \(budgets.map { macsText($0) }.joined(separator: ", ")).")
    }
}
