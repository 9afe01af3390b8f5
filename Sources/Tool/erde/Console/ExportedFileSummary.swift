import Architectures
import Artifacts
import ONNXFormat

/// An exported file in words.
struct ExportedFileSummary {
    let text: String

    init(_ exported: ExportedFile, file: String) {
        let (metadata, description) = (exported.metadata, exported.description)
        var lines = [
            "export       \(file), \(ExportedFileSummary.shape(description)), \(bytesText(InputFile.size(file) ?? 0))",
            "network      \(metadata.provenance.networkName ?? "imported"), \(metadata.role.rawValue)",
        ]
        lines += exported.inputs.map { "input        \($0)" }
        lines += exported.outputs.map { "output       \($0)" }
        lines += [
            "classes      \(metadata.classNames.joined(separator: ", "))",
            "ONNX         IR \(exported.irVersion), opset \(exported.operatorSet)",
        ]
        for (exit, macs) in metadata.cumulativeMACs.enumerated() {
            lines.append("exit \(exit + 1)       \(macsText(Double(macs)))")
        }
        if let policy = description.policy {
            let thresholds = policy.thresholds.map { decimalText($0, decimals: 4) }.joined(separator: ", ")
            let budget = description.budgetMACs.map { ", fitted for \(macsText($0))" } ?? ""
            lines.append("thresholds   \(thresholds) on \(policy.score.rawValue)\(budget)")
        }
        lines.append("made from    \(description.modelHash)")
        lines.append("written by   erde \(metadata.provenance.version)")
        text = lines.joined(separator: "\n")
    }

    private static func shape(_ description: ExportDescription) -> String {
        switch description.shape {
        case .all: "all exits as outputs"
        case .cut: "cut at exit \(description.exit ?? 0)"
        case .dynamic:
            description.takesThresholds == true
                ? "each image leaves on its own, thresholds as an input" : "each image leaves on its own"
        case .stage: "stage \(description.exit ?? 0)"
        }
    }
}
