import Diagnostics
import Graphs
import Tensors

extension OperatorTable {
    static let quantization = OperatorRow(type: "QuantizeLinear", attributes: ["axis", "saturate"], operands: 1...1) { op in
        guard case .quantize(let quantization) = op else { return OperatorRow.Encoded() }
        return quantization.encoded
    } decode: { node throws(ErdeError) in
        try node.require("saturate", 1)
        return .quantize(try node.quantization(default: .uint8))
    }

    /// A stored tensor that it reads is a quantized weight.
    static let dequantization = OperatorRow(
        type: "DequantizeLinear", attributes: ["axis"], roles: [0: .weight], operands: 1...1
    ) { op in
        guard case .dequantize(let quantization) = op else { return OperatorRow.Encoded() }
        return quantization.encoded
    } decode: { node throws(ErdeError) in
        .dequantize(try node.quantization(default: node.dataType))
    }
}

extension Quantization {
    /// Scales and zero points of zero; a bias needs none of the latter.
    fileprivate var encoded: OperatorRow.Encoded {
        let dimensions = isPerChannel ? [scales.count] : []
        func zeros<Integer: FixedWidthInteger>() -> [Integer] { [Integer](repeating: 0, count: scales.count) }
        var constants = [ONNXTensor(name: "scale", dimensions: dimensions, elements: .floats(scales))]
        switch dataType {
        case .int8: constants.append(ONNXTensor(name: "zero_point", dimensions: dimensions, elements: .int8(zeros())))
        case .uint8: constants.append(ONNXTensor(name: "zero_point", dimensions: dimensions, elements: .uint8(zeros())))
        case .int32, .float32: break
        }
        return OperatorRow.Encoded(attributes: isPerChannel ? [.integer("axis", 0)] : [], constants: constants)
    }
}

extension NodeReader {
    /// Scales and zero points behind the operand.
    ///
    /// - Parameter type: what a node without zero points quantizes to.
    fileprivate func quantization(default type: DataType) throws(ErdeError) -> Quantization {
        guard let scales = try constant(at: 1), case .floats(let numbers) = scales.elements,
            numbers.allSatisfy({ $0 > 0 && $0.isFinite }), scales.dimensions.count <= 1, !numbers.isEmpty
        else { throw failure("needs stored scales above 0") }
        if numbers.count > 1 { try require("axis", 0, default: 1) }
        var dataType = type
        if let zeros = try constant(at: 2)?.tensor {
            guard zeros.scalars.allSatisfy({ $0 == 0 }), zeros.shape.count == numbers.count else {
                throw failure("has zero points other than 0")
            }
            dataType = zeros.dataType
        }
        return Quantization(dataType, scales: numbers)
    }
}
