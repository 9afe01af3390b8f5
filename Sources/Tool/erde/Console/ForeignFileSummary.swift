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
        text = lines.joined(separator: "\n") + "\n\n" + table.text + "\n\nerde import makes a model of it"
    }
}

/// The same for programs.
struct ForeignFileDescription: Encodable {
    private struct Operator: Encodable {
        let count: Int
        let isKnown: Bool
        let name: String
    }

    private let inputs: [String]
    private let irVersion: Int64
    private let operatorSet: Int64
    private let operators: [Operator]
    private let outputs: [String]
    private let producer: String
    private let storedNumbers: Int

    init(_ file: ForeignModel) {
        (inputs, outputs, producer, storedNumbers) = (file.inputs, file.outputs, file.producer, file.scalarCount)
        (irVersion, operatorSet) = (file.irVersion, file.operatorSetVersion)
        operators = file.operators.map { Operator(count: $0.count, isKnown: $0.isKnown, name: $0.name) }
    }
}
