import Architectures
import Artifacts
import Diagnostics
import Graphs
import Inference

/// What `train` says of the model it made.
struct TrainedModel: Encodable {
    let model: String
    let architecture: String
    let parameterCount: Int
    let fileBytes: Int
    let cumulativeMACs: [Int]
    /// 0…1; empty without a calibration split.
    let calibrationAccuracyPerExit: [Double]
    /// Of augmented training images, 0…1.
    let trainingErrorPerExit: [Double]
    /// Of training images that teachers like this one have not seen, 0…1; nil where that was not tried.
    let outOfFoldErrorPerExit: [Double]?

    init(_ model: Model, name: String, place: DatasetPlace, engine: EngineOptions) throws(ErdeError) {
        self.model = name
        architecture = model.metadata.provenance.networkName ?? "imported"
        parameterCount = model.graph.cost().parameterCount
        fileBytes = InputFile.size(name) ?? 0
        cumulativeMACs = model.metadata.cumulativeMACs
        trainingErrorPerExit = model.metadata.provenance.trainingErrorPerExit ?? []
        outOfFoldErrorPerExit = model.metadata.provenance.outOfFoldErrorPerExit
        let samples = place.dataset.calibration
        let logits = try exitLogits(
            of: model, samples: samples, engine: engine.engine, options: engine.compilation)
        calibrationAccuracyPerExit =
            samples.count > 0 ? (0..<logits.exits).map { logits.accuracy(exit: $0, labels: samples.labels) } : []
    }

    var text: String {
        var table = TextTable(["exit", "MACs", "calibration accuracy", "wrong in training"])
        for (exit, macs) in cumulativeMACs.enumerated() {
            table.add([
                "\(exit + 1)", macsText(Double(macs)),
                exit < calibrationAccuracyPerExit.count ? percentText(calibrationAccuracyPerExit[exit]) : "–",
                exit < trainingErrorPerExit.count ? percentText(trainingErrorPerExit[exit]) : "–",
            ])
        }
        return table.text + "\n\n\(model): \(architecture), \(groupedText(parameterCount)) parameters, \(bytesText(fileBytes))"
    }
}
