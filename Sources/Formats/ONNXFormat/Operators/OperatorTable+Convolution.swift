import Diagnostics
import Graphs

extension OperatorTable {
    static let convolution = OperatorRow(
        type: "Conv", attributes: ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"],
        roles: [1: .weight, 2: .bias], operands: 2...3
    ) { op in
        guard case .convolution(let attributes) = op else { return OperatorRow.Encoded() }
        return OperatorRow.Encoded(attributes: [
            .integers("dilations", [attributes.dilations.height, attributes.dilations.width]),
            .integer("group", attributes.groups),
            .integers("pads", attributes.padding.onnx),
            .integers("strides", [attributes.strides.height, attributes.strides.width]),
        ])
    } decode: { node throws(ErdeError) in
        try node.requireExplicitPadding()
        // The kernel's extent is the weight's own.
        let groups = try node.integer("group", default: 1)
        guard groups > 0 else { throw node.failure("attribute group is \(groups), expected at least 1") }
        return .convolution(
            ConvolutionAttributes(
                strides: try node.extent("strides", default: Extent(1)), padding: try node.padding(),
                dilations: try node.extent("dilations", default: Extent(1)), groups: groups))
    }

    static let linear = OperatorRow(
        type: "Gemm", attributes: ["alpha", "beta", "transA", "transB"], roles: [1: .weight, 2: .bias], operands: 2...3
    ) { _ in
        OperatorRow.Encoded(attributes: [.integer("transB", 1)])
    } decode: { node throws(ErdeError) in
        try node.require("transA", 0)
        try node.require("transB", 1, default: 0)
        let (alpha, beta) = (try node.float("alpha", default: 1), try node.float("beta", default: 1))
        guard alpha == 1, beta == 1 else { throw node.failure("alpha \(alpha) and beta \(beta), expected 1 and 1") }
        return .linear
    }

    static let batchNormalization = OperatorRow(
        type: "BatchNormalization", attributes: ["epsilon", "momentum", "training_mode"],
        roles: [1: .bias, 2: .bias, 3: .statistic, 4: .statistic], operands: 5...5
    ) { op in
        guard case .batchNormalization(let attributes) = op else { return OperatorRow.Encoded() }
        return OperatorRow.Encoded(attributes: [
            .float("epsilon", attributes.epsilon),
            .float("momentum", 1 - attributes.momentum),
        ])
    } decode: { node throws(ErdeError) in
        try node.require("training_mode", 0)
        // ONNX counts the share of the old statistics, erde that of the new.
        let momentum = Float(1 - (try node.float("momentum", default: 0.9))).shortestDouble
        return .batchNormalization(
            BatchNormalizationAttributes(epsilon: try node.float("epsilon", default: 1e-5), momentum: momentum))
    }
}

extension ONNXAttribute {
    static func integer(_ name: String, _ value: Int) -> ONNXAttribute {
        ONNXAttribute(name: name, value: .integer(Int64(value)))
    }

    static func integers(_ name: String, _ values: [Int]) -> ONNXAttribute {
        ONNXAttribute(name: name, value: .integers(values.map(Int64.init)))
    }

    static func float(_ name: String, _ value: Double) -> ONNXAttribute {
        ONNXAttribute(name: name, value: .float(Float(value)))
    }
}

extension Padding {
    /// ONNX's order: beginnings of both axes, then their ends.
    var onnx: [Int] { [top, left, bottom, right] }
}

extension NodeReader {
    /// Two positive numbers, rows first.
    func extent(_ name: String, default value: Extent?) throws(ErdeError) -> Extent {
        let numbers = try integers(name, count: 2, atLeast: 1, default: value.map { [$0.height, $0.width] })
        return Extent(height: numbers[0], width: numbers[1])
    }

    func padding() throws(ErdeError) -> Padding {
        let numbers = try integers("pads", count: 4, atLeast: 0, default: [0, 0, 0, 0])
        return Padding(top: numbers[0], left: numbers[1], bottom: numbers[2], right: numbers[3])
    }
}
