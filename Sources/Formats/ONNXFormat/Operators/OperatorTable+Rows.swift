import Diagnostics
import Graphs
import Tensors

extension OperatorTable {
    static let clip = OperatorRow(type: "Clip", attributes: [], operands: 1...1) { op in
        guard case .clip(let lower, let upper) = op else { return OperatorRow.Encoded() }
        return OperatorRow.Encoded(constants: [.scalar("lower", lower), .scalar("upper", upper)])
    } decode: { node throws(ErdeError) in
        guard let lower = try node.scalar(at: 1), let upper = try node.scalar(at: 2), lower <= upper else {
            throw node.failure("needs a lower and an upper bound in this order")
        }
        return .clip(lower: lower, upper: upper)
    }

    /// Does nothing at inference, which is what a node without `training_mode` stands for; kept so that training goes on.
    static let dropout = OperatorRow(type: "Dropout", attributes: ["seed"], operands: 1...1) { op in
        guard case .dropout(let rate) = op else { return OperatorRow.Encoded() }
        return OperatorRow.Encoded(constants: [.scalar("ratio", rate)])
    } decode: { node throws(ErdeError) in
        guard node.node.inputs.count <= 2 else { throw node.failure("has a training_mode, expected inference") }
        let rate = try node.scalar(at: 1) ?? 0.5
        guard 0..<1 ~= rate else { throw node.failure("a ratio of \(rate), expected 0 to below 1") }
        return .dropout(rate: rate)
    }

    static let logSoftmax = OperatorRow(type: "LogSoftmax", attributes: ["axis"], operands: 1...1) { _ in
        OperatorRow.Encoded(attributes: [.integer("axis", 1)])
    } decode: { node throws(ErdeError) in
        let axis = try node.integer("axis", default: -1)
        guard axis == 1 || axis == -1 else { throw node.failure("attribute axis is \(axis), expected 1") }
        return .logSoftmax
    }

    static let reduceSum = OperatorRow(
        type: "ReduceSum", attributes: ["keepdims", "noop_with_empty_axes"], operands: 1...1
    ) { op in
        guard case .reduceSum(let reduction) = op else { return OperatorRow.Encoded() }
        return OperatorRow.Encoded(
            attributes: [.integer("keepdims", reduction.keepsAxes ? 1 : 0)],
            constants: [.list("axes", reduction.axes)])
    } decode: { node throws(ErdeError) in
        try node.require("noop_with_empty_axes", 0)
        let axes = try node.axes(try node.integers(at: 1))
        return .reduceSum(Reduction(axes: axes, keepsAxes: try node.integer("keepdims", default: 1) != 0))
    }

    static let reduceMean = OperatorRow(type: "ReduceMean", attributes: ["axes", "keepdims"], operands: 1...1) { op in
        guard case .reduceMean(let reduction) = op else { return OperatorRow.Encoded() }
        return OperatorRow.Encoded(attributes: [
            .integers("axes", reduction.axes), .integer("keepdims", reduction.keepsAxes ? 1 : 0),
        ])
    } decode: { node throws(ErdeError) in
        let axes = try node.axes(try node.axesAttribute())
        return .reduceMean(Reduction(axes: axes, keepsAxes: try node.integer("keepdims", default: 1) != 0))
    }

    static let sumOfSquares = OperatorRow(type: "ReduceSumSquare", attributes: ["keepdims"], operands: 1...1) { _ in
        OperatorRow.Encoded(attributes: [.integer("keepdims", 0)])
    } decode: { node throws(ErdeError) in
        try node.require("keepdims", 0, default: 1)
        return .sumOfSquares
    }

    /// `[N, …] → [N, k]`; k follows from the shape.
    static let flatten = OperatorRow(type: "Flatten", attributes: ["axis"], operands: 1...1) { _ in
        OperatorRow.Encoded(attributes: [.integer("axis", 1)])
    } decode: { node throws(ErdeError) in
        try node.require("axis", 1)
        return .reshape(trailing: [node.featureCount])
    }

    /// `[N, …] → [N] + trailing`; an extent of 0 in ONNX's shape copies the batch.
    static let reshape = OperatorRow(type: "Reshape", attributes: ["allowzero"], operands: 1...1) { op in
        guard case .reshape(let trailing) = op else { return OperatorRow.Encoded() }
        return OperatorRow.Encoded(constants: [.list("shape", [0] + trailing)])
    } decode: { node throws(ErdeError) in
        try node.require("allowzero", 0)
        guard let shape = try node.integers(at: 1), shape.first == 0 else {
            throw node.failure("a shape that does not begin with 0 for the batch")
        }
        let trailing = Array(shape.dropFirst())
        guard trailing.count <= 7, trailing.allSatisfy({ $0 > 0 }), trailing.elementCount == node.featureCount else {
            throw node.failure("a shape of \(shape) for \(node.featureCount) elements of an image")
        }
        return .reshape(trailing: trailing)
    }

    /// Along the channels, of as many operands as there are.
    static let concatenation = OperatorRow(type: "Concat", attributes: ["axis"], operands: 2...65_536) { _ in
        OperatorRow.Encoded(attributes: [.integer("axis", 1)])
    } decode: { node throws(ErdeError) in
        let axis = try node.integer("axis", default: 0)
        guard axis == 1 || axis == 1 - node.shape.rank else { throw node.failure("attribute axis is \(axis), expected 1") }
        return .concatenate
    }
}

extension ONNXTensor {
    fileprivate static func scalar(_ name: String, _ value: Double) -> ONNXTensor {
        ONNXTensor(name: name, dimensions: [], elements: .floats([Float(value)]))
    }

    static func list(_ name: String, _ values: [Int]) -> ONNXTensor {
        ONNXTensor(name: name, dimensions: [values.count], elements: .integers(values.map(Int64.init)))
    }
}

extension [Int] {
    /// The product of positive extents, nil when it is too large to count.
    var elementCount: Int? {
        var count = 1
        for extent in self {
            let product = count.multipliedReportingOverflow(by: extent)
            guard !product.overflow else { return nil }
            count = product.partialValue
        }
        return count
    }
}
