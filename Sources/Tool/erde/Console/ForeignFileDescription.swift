import ONNXFormat

/// An ONNX file from elsewhere, for programs.
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
