import Graphs
import Tensors

extension TFLiteWriter {
    /// Operators behind one another, each of one operand and perhaps a number.
    mutating func chain(_ node: Node, _ steps: [TFLiteRecipe.Step]) {
        let order = order(of: node.inputs[0])
        var input = operand(node.inputs[0], order)
        let name = graph.name(of: node.outputs[0])
        for (index, step) in steps.enumerated() {
            let isLast = index == steps.count - 1
            let output = isLast ? define(node.outputs[0], order) : tensor("\(name)_step\(index + 1)", shape(of: input))
            append(step, input, output, name: name)
            input = output
        }
    }

    private mutating func append(_ step: TFLiteRecipe.Step, _ input: Int, _ output: Int, name: String) {
        var inputs = [input]
        if let number = step.number { inputs.append(floats([number], name + "_number", shape: [])) }
        append(step.code, inputs, output, options: arithmeticOptions(step.code, .none))
    }

    /// `sign(x) · (1 − t(a₁ + t(a₂ + t(a₃ + t(a₄ + t a₅)))) · exp(−x²))` with `t = 1 / (1 + p|x|)`, off by at most 1.5·10⁻⁷:
    /// Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 7.1.26.
    mutating func errorFunction(_ node: Node) {
        let coefficients: [Float] = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592]
        let order = order(of: node.inputs[0])
        let x = operand(node.inputs[0], order)
        let name = graph.name(of: node.outputs[0])
        let extents = shape(of: x)
        var count = 0
        func step(_ writer: inout TFLiteWriter, _ code: BuiltinOperator, _ inputs: Int...) -> Int {
            count += 1
            let output = writer.tensor("\(name)_step\(count)", extents)
            writer.append(code, inputs, output, options: writer.arithmeticOptions(code, .none))
            return output
        }
        func number(_ writer: inout TFLiteWriter, _ value: Float) -> Int {
            writer.floats([value], name + "_number", shape: [])
        }
        let one = number(&self, 1)
        let magnitude = step(&self, .abs, x)
        let scaled = step(&self, .mul, magnitude, number(&self, 0.3275911))
        let t = step(&self, .div, one, step(&self, .add, scaled, one))
        var sum = step(&self, .mul, t, number(&self, coefficients[0]))
        for coefficient in coefficients.dropFirst() {
            sum = step(&self, .mul, t, step(&self, .add, sum, number(&self, coefficient)))
        }
        let decay = step(&self, .exp, step(&self, .neg, step(&self, .mul, x, x)))
        let positive = step(&self, .sub, one, step(&self, .mul, sum, decay))
        let sign = step(&self, .sign, x)
        append(.mul, [sign, positive], define(node.outputs[0], order), options: arithmeticOptions(.mul, .none))
    }

    mutating func binary(_ node: Node, _ code: BuiltinOperator) {
        let (target, activation) = target(of: node)
        let rank = graph.shape(of: target).rank
        let computed = node.inputs.first { !graph.isStored($0) }
        let order = computed.map { self.order(of: $0) } ?? AxisOrder.preferred(rank: rank)
        var inputs: [Int] = []
        for value in node.inputs {
            inputs.append(graph.isStored(value) ? operand(stored: value, rank: rank, order) : operand(value, order))
        }
        append(code, inputs, define(target, order), options: arithmeticOptions(code, activation))
    }

    /// The options of operators of two operands, and of no others.
    func arithmeticOptions(
        _ code: BuiltinOperator, _ activation: FusedActivation
    ) -> (type: BuiltinOptions, table: FlatTable)? {
        var table = FlatTable()
        let field = FlatTable.Field.int8(activation.rawValue)
        switch code {
        case .add:
            table.set(TFLiteFields.AddOptions.fusedActivationFunction, field)
            return (.addOptions, table)
        case .sub:
            table.set(TFLiteFields.SubOptions.fusedActivationFunction, field)
            return (.subOptions, table)
        case .mul:
            table.set(TFLiteFields.MulOptions.fusedActivationFunction, field)
            return (.mulOptions, table)
        case .div:
            table.set(TFLiteFields.DivOptions.fusedActivationFunction, field)
            return (.divOptions, table)
        case .averagePool2D, .concatenation, .conv2D, .depthwiseConv2D, .dequantize, .fullyConnected, .logistic, .maxPool2D,
            .relu, .reluN1To1, .relu6, .reshape, .pad, .transpose, .mean, .exp, .logSoftmax, .maximum, .minimum, .neg,
            .padV2, .slice, .log, .sum, .sqrt, .abs, .quantize, .relu0To1, .sign:
            return nil
        }
    }
}
