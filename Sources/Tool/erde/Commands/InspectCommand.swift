import Architectures
import ArgumentParser
import Artifacts
import DatasetFile
import Diagnostics
import Graphs
import ONNXFormat
import Tensors

/// `erde inspect FILE`
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Shows what is in a model, dataset or ONNX file.",
        discussion: "  erde inspect student.pb --layers")

    @Argument(help: "A model (.pb), a dataset (.erds), or an ONNX file of anyone's.")
    var file: String

    @Flag(help: "Every operator with shape and MACs.")
    var layers = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        if file.hasSuffix(".erds") || OwnFileKind(path: file) == .dataset {
            let (description, fingerprint) = try DatasetReader.describe(file)
            let findings = try DatasetReader.findings(in: file)
            Console.standard.result(
                common.json
                    ? try JSONText.text(
                        DatasetFileDescription(description: description, findings: findings, fingerprint: fingerprint))
                    : text(description, fingerprint: fingerprint, findings: findings))
            return
        }
        let message = try ForeignModel.read(named: file)
        if !message.isErdes {
            Console.standard.result(
                common.json ? try JSONText.text(ForeignFileDescription(message)) : ForeignFileSummary(message).text)
        } else if let exported = try ExportedFile.read(path: file), !layers {
            Console.standard.result(
                common.json ? try JSONText.text(exported.metadata) : ExportedFileSummary(exported, file: file).text)
        } else {
            let model = try ModelFile.read(path: file)
            Console.standard.result(
                common.json ? try JSONText.text(ModelDescription(model, withLayers: layers)) : text(model, message))
        }
    }

    private func text(_ description: DatasetDescription, fingerprint: String, findings: DatasetFindings) -> String {
        let image = description.image
        let counts = DatasetSplit.allCases.map { "\(groupedText(description.counts[$0] ?? 0)) \($0.rawValue)" }
        return """
            dataset      \(file)
            images       \(counts.joined(separator: ", "))
            size         \(image.width)x\(image.height), \(image.channels == 1 ? "grey" : "RGB"), resized by \(image.resizing.rawValue)
            classes      \(description.classNames.joined(separator: ", "))
            mean         \(description.mean.map { decimalText(Double($0), decimals: 4) }.joined(separator: ", "))
            deviation    \(description.standardDeviation.map { decimalText(Double($0), decimals: 4) }.joined(separator: ", "))
            source       \(description.source)
            fingerprint  \(fingerprint)
            """ + (findings.findings.isEmpty ? "" : "\nfound" + FindingsSummary.lines(findings).map { "\n\($0)" }.joined())
    }

    /// - Parameter message: the same file, for what it says as ONNX.
    private func text(_ model: Model, _ message: ForeignModel) -> String {
        let metadata = model.metadata
        let cost = model.graph.cost()
        var lines = [
            "model        \(file), \(metadata.role.rawValue), \(bytesText(InputFile.size(file) ?? 0))",
            "network      \(metadata.provenance.networkName ?? "imported")",
            "input        [N, \(metadata.image.channels), \(metadata.image.height), \(metadata.image.width)], pixels 0…1",
            "classes      \(metadata.classNames.joined(separator: ", "))",
            "parameters   \(groupedText(cost.parameterCount))",
            "ONNX         IR \(message.irVersion), opset \(message.operatorSetVersion)",
        ]
        if let record = metadata.provenance.quantization {
            let count = record.layerCount
            lines.append("quantized    \(count) \(noun("layer", for: count)) in int8, \(record.floatLayers.count) in float")
        }
        for (exit, macs) in metadata.cumulativeMACs.enumerated() {
            lines.append("exit \(exit + 1)       \(macsText(Double(macs)))")
        }
        for point in metadata.operatingPoints {
            lines.append(
                "budget       \(macsText(point.budgetMACs)): thresholds "
                    + point.policy.thresholds.map { decimalText($0, decimals: 4) }.joined(separator: ", ")
                    + ", calibration accuracy \(percentText(point.calibrationAccuracy)) at "
                    + macsText(point.calibrationMeanMACs))
        }
        for pruning in metadata.provenance.prunings ?? [] {
            lines.append(
                "pruned       from \(macsText(Double(pruning.macsBefore))) to \(macsText(Double(pruning.macsAfter))) by "
                    + pruning.recipe.importance.rawValue)
        }
        if let training = metadata.provenance.trainingText { lines.append("training     \(training)") }
        if let path = metadata.provenance.datasetPath { lines.append("trained on   \(path)") }
        if let parent = metadata.provenance.parentHash { lines.append("parent       \(parent)") }
        lines.append("written by   erde \(metadata.provenance.version)")
        if layers {
            var table = TextTable(["operator", "result", "MACs"])
            for (node, macs) in zip(model.graph.nodes, cost.nodeMACs) {
                table.add([
                    "\(model.graph.name(of: node.outputs[0])) (\(node.op.name))",
                    model.graph.shape(of: node.outputs[0]).description, macs > 0 ? groupedText(macs) : "",
                ])
            }
            lines += ["", table.text]
        }
        return lines.joined(separator: "\n")
    }
}
