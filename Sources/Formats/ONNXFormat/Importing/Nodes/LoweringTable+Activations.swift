import Diagnostics
import Graphs

extension LoweringTable {
    /// Functions of each element alone, and those of rows.
    static let activations: [String: Rule] = [
        "Relu": elementwise { (x, lowering, node) throws(ErdeError) in try lowering.apply(.relu, x, node: node) },
        "Sigmoid": elementwise { (x, lowering, node) throws(ErdeError) in try lowering.apply(.sigmoid, x, node: node) },
        "Erf": elementwise { (x, lowering, node) throws(ErdeError) in try lowering.apply(.errorFunction, x, node: node) },
        "Exp": elementwise { (x, lowering, node) throws(ErdeError) in try lowering.apply(.exp, x, node: node) },
        "Log": elementwise { (x, lowering, node) throws(ErdeError) in try lowering.apply(.log, x, node: node) },
        "Sqrt": elementwise { (x, lowering, node) throws(ErdeError) in try lowering.apply(.squareRoot, x, node: node) },
        "Neg": elementwise { (x, lowering, node) throws(ErdeError) in try lowering.scaled(x, by: -1, node: node) },
        "Abs": elementwise { (x, lowering, node) throws(ErdeError) in
            try lowering.apply(.maximum, x, try lowering.scaled(x, by: -1, node: node), node: node)
        },
        "Reciprocal": elementwise { (x, lowering, node) throws(ErdeError) in
            try lowering.apply(.divide, lowering.constant(1), x, node: node)
        },
        "Tanh": elementwise { (x, lowering, node) throws(ErdeError) in try lowering.hyperbolicTangent(x, node: node) },
        "HardSigmoid": elementwise { (x, lowering, node) throws(ErdeError) in
            let slope = try node.float("alpha", default: 0.2)
            guard slope > 0 else { throw node.failure("has an alpha of \(slope), expected more than 0") }
            return try lowering.apply(
                .hardSigmoid(slope: slope, offset: try node.float("beta", default: 0.5)), x, node: node)
        },
        "HardSwish": elementwise { (x, lowering, node) throws(ErdeError) in
            let gate = try lowering.apply(.hardSigmoid(slope: Float(1.0 / 6).shortestDouble, offset: 0.5), x, node: node)
            return try lowering.apply(.multiply, x, gate, node: node)
        },
        "Clip": elementwise { (x, lowering, node) throws(ErdeError) in try lowering.clipped(x, node: node) },
        "Gelu": elementwise { (x, lowering, node) throws(ErdeError) in try lowering.gaussianUnit(x, node: node) },
        "LeakyRelu": elementwise { (x, lowering, node) throws(ErdeError) in
            try lowering.leaky(x, lowering.constant(try node.float("alpha", default: 0.01)), node: node)
        },
        "PRelu": elementwise { (x, lowering, node) throws(ErdeError) in
            try lowering.leaky(x, lowering.value(1, of: node), node: node)
        },
        "Elu": elementwise { (x, lowering, node) throws(ErdeError) in
            try lowering.exponential(x, alpha: try node.float("alpha", default: 1), gamma: 1, node: node)
        },
        "Selu": elementwise { (x, lowering, node) throws(ErdeError) in
            let alpha = try node.float("alpha", default: 1.673_263_192_176_818_8)
            return try lowering.exponential(
                x, alpha: alpha, gamma: try node.float("gamma", default: 1.050_701_022_148_132_3), node: node)
        },
        "Softplus": elementwise { (x, lowering, node) throws(ErdeError) in try lowering.softplus(x, node: node) },
        "Softsign": elementwise { (x, lowering, node) throws(ErdeError) in
            let size = try lowering.apply(.maximum, x, try lowering.scaled(x, by: -1, node: node), node: node)
            return try lowering.apply(
                .divide, x, lowering.apply(.add, size, lowering.constant(1), node: node), node: node)
        },
        "Mish": elementwise { (x, lowering, node) throws(ErdeError) in
            let gate = try lowering.hyperbolicTangent(lowering.softplus(x, node: node), node: node)
            return try lowering.apply(.multiply, x, gate, node: node)
        },
        "Swish": elementwise { (x, lowering, node) throws(ErdeError) in
            let steep = try lowering.scaled(x, by: try node.float("alpha", default: 1), node: node)
            return try lowering.apply(.multiply, x, lowering.apply(.sigmoid, steep, node: node), node: node)
        },
        "LogSoftmax": elementwise { (x, lowering, node) throws(ErdeError) in try lowering.logSoftmax(x, node: node) },
        "Softmax": elementwise { (x, lowering, node) throws(ErdeError) in
            try lowering.apply(.exp, lowering.logSoftmax(x, node: node), node: node)
        },
    ]

    /// A rule with one computed operand and one result.
    private static func elementwise(
        _ body: @escaping @Sendable (Value, inout GraphLowering, ForeignNode) throws(ErdeError) -> Value
    ) -> Rule {
        one { (lowering, node) throws(ErdeError) in try body(try lowering.computed(0, of: node), &lowering, node) }
    }
}

extension GraphLowering {
    mutating func scaled(_ x: Value, by factor: Double, node: ForeignNode) throws(ErdeError) -> Value {
        factor == 1 ? x : try apply(.multiply, x, constant(factor), node: node)
    }

    /// `tanh x = 2·sigmoid(2x) − 1`
    fileprivate mutating func hyperbolicTangent(_ x: Value, node: ForeignNode) throws(ErdeError) -> Value {
        let gate = try apply(.sigmoid, try scaled(x, by: 2, node: node), node: node)
        return try apply(.subtract, try scaled(gate, by: 2, node: node), constant(1), node: node)
    }

    /// Bounds are attributes before operator set 11, inputs since; each may be left out.
    fileprivate mutating func clipped(_ x: Value, node: ForeignNode) throws(ErdeError) -> Value {
        let lowest = -Double(Float.greatestFiniteMagnitude)
        let lower = try node.float(node.optionalScalar(1, "lower bound"), orAttribute: "min", default: lowest)
        let upper = try node.float(node.optionalScalar(2, "upper bound"), orAttribute: "max", default: -lowest)
        if lower == 0 && upper >= -lowest { return try apply(.relu, x, node: node) }
        guard lower <= upper else { throw node.failure("has a lower bound of \(lower) and an upper of \(upper)") }
        return try apply(.clip(lower: max(lower, lowest), upper: min(upper, -lowest)), x, node: node)
    }

    /// `x·Φ(x)`, with the normal distribution's error function or its approximation by a hyperbolic tangent
    /// (Hendrycks and Gimpel, 2016).
    fileprivate mutating func gaussianUnit(_ x: Value, node: ForeignNode) throws(ErdeError) -> Value {
        let bent: Value
        switch try node.text("approximate", default: "none") {
        case "none":
            bent = try apply(.errorFunction, scaled(x, by: 0.5.squareRoot(), node: node), node: node)
        case "tanh":
            let cube = try apply(.multiply, x, apply(.multiply, x, x, node: node), node: node)
            let sum = try apply(.add, x, scaled(cube, by: 0.044715, node: node), node: node)
            bent = try hyperbolicTangent(scaled(sum, by: (2 / Double.pi).squareRoot(), node: node), node: node)
        case let other: throw node.failure("has an approximation \(printable(other))")
        }
        let shifted = try apply(.add, bent, constant(1), node: node)
        return try apply(.multiply, scaled(x, by: 0.5, node: node), shifted, node: node)
    }

    /// `max(−x, 0)`, which is finite where x is infinite and above 0.
    private mutating func depth(_ x: Value, node: ForeignNode) throws(ErdeError) -> Value {
        try apply(.relu, scaled(x, by: -1, node: node), node: node)
    }

    /// `max(x, 0) − slope·max(−x, 0)`
    fileprivate mutating func leaky(_ x: Value, _ slope: Value, node: ForeignNode) throws(ErdeError) -> Value {
        let above = try apply(.relu, x, node: node)
        let below = try depth(x, node: node)
        return try apply(.subtract, above, apply(.multiply, below, slope, node: node), node: node)
    }

    /// `gamma·(max(x, 0) + alpha·(exp(−max(−x, 0)) − 1))`
    fileprivate mutating func exponential(
        _ x: Value, alpha: Double, gamma: Double, node: ForeignNode
    ) throws(ErdeError) -> Value {
        let above = try apply(.relu, x, node: node)
        let below = try apply(.exp, scaled(depth(x, node: node), by: -1, node: node), node: node)
        let bent = try scaled(apply(.subtract, below, constant(1), node: node), by: alpha, node: node)
        return try scaled(apply(.add, above, bent, node: node), by: gamma, node: node)
    }

    /// `log(1 + exp x) = max(x, 0) + log(1 + exp(−|x|))`, which does not overflow.
    fileprivate mutating func softplus(_ x: Value, node: ForeignNode) throws(ErdeError) -> Value {
        let above = try apply(.relu, x, node: node)
        let size = try apply(.maximum, x, scaled(x, by: -1, node: node), node: node)
        let tail = try apply(.exp, scaled(size, by: -1, node: node), node: node)
        let bend = try apply(.log, apply(.add, tail, constant(1), node: node), node: node)
        return try apply(.add, above, bend, node: node)
    }

    fileprivate mutating func logSoftmax(_ x: Value, node: ForeignNode) throws(ErdeError) -> Value {
        let axis = try node.integer("axis", default: operatorSet < 13 ? 1 : -1)
        guard shape(x).count == 2, axis == 1 || axis == -1 else {
            throw node.failure("normalises axis \(axis) of a tensor of \(shape(x).count) axes, expected rows")
        }
        return try apply(.logSoftmax, x, node: node)
    }
}
