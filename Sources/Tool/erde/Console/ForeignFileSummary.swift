import Artifacts
import ONNXFormat

/// An ONNX file from elsewhere in words.
struct ForeignFileSummary {
    let text: String

    init(_ file: ForeignModel) {
        var lines = [
            "file         \(file.path), ONNX of another program, \(bytesText(InputFile.size(file.path) ?? 0))",
            "made by      \(file.producer)",
            "ONNX         IR \(file.irVersion), opset \(file.operatorSetVersion)",
        ]
        lines += file.inputs.map { "input        \($0)" }
        lines += file.outputs.map { "output       \($0)" }
        lines.append("stored       \(groupedText(file.scalarCount)) numbers in tensors")
        var table = TextTable(["operator", "nodes", "known to erde"])
        for used in file.operators { table.add([used.name, "\(used.count)", used.isKnown ? "yes" : "no"]) }
        let unknown = file.operators.filter { !$0.isKnown }.map(\.name)
        let conclusion =
            unknown.isEmpty
            ? "erde import makes a model of it"
            : "erde import cannot take it over: erde does not know \(unknown.joined(separator: ", "))"
        text = lines.joined(separator: "\n") + "\n\n" + table.text + "\n\n" + conclusion
    }
}
