import Diagnostics
import Graphs

extension OperatorTable {
    static let maxPool = OperatorRow(
        type: "MaxPool",
        attributes: ["auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"],
        operands: 1...1
    ) { op in
        guard case .maxPool(let attributes) = op else { return OperatorRow.Encoded() }
        return OperatorRow.Encoded(attributes: attributes.onnx)
    } decode: { node throws(ErdeError) in
        try node.require("storage_order", 0)
        let dilations = try node.extent("dilations", default: Extent(1))
        guard dilations == Extent(1) else { throw node.failure("dilated pooling, expected dilations of 1") }
        return .maxPool(try node.pool(countsPadding: false))
    }

    static let averagePool = OperatorRow(
        type: "AveragePool",
        attributes: ["auto_pad", "ceil_mode", "count_include_pad", "kernel_shape", "pads", "strides"], operands: 1...1
    ) { op in
        guard case .averagePool(let attributes) = op else { return OperatorRow.Encoded() }
        let countsPadding = ONNXAttribute.integer("count_include_pad", attributes.countsPadding ? 1 : 0)
        return OperatorRow.Encoded(attributes: [countsPadding] + attributes.onnx)
    } decode: { node throws(ErdeError) in
        .averagePool(try node.pool(countsPadding: try node.integer("count_include_pad", default: 0) != 0))
    }
}

extension PoolAttributes {
    fileprivate var onnx: [ONNXAttribute] {
        [
            .integers("kernel_shape", [kernel.height, kernel.width]),
            .integers("pads", padding.onnx),
            .integers("strides", [strides.height, strides.width]),
        ]
    }
}

extension NodeReader {
    fileprivate func pool(countsPadding: Bool) throws(ErdeError) -> PoolAttributes {
        try requireExplicitPadding()
        try require("ceil_mode", 0)
        return PoolAttributes(
            kernel: try extent("kernel_shape", default: nil), strides: try extent("strides", default: Extent(1)),
            padding: try padding(), countsPadding: countsPadding)
    }
}
