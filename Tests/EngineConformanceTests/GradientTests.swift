import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing

extension ConformanceCase {
    /// Cases whose gradient finite differences give.
    static let smooth = all.filter { $0.isSmooth && $0.op.kind.gradient == .checked }
    /// Cases of operators without slope.
    static let flat = all.filter { $0.op.kind.gradient == .zero }
}

@Suite("Gradients")
struct GradientTests {
    @Test("equal finite differences", arguments: ConformanceCase.smooth)
    func finiteDifferences(conformanceCase: ConformanceCase) throws {
        let operands = conformanceCase.operands.enumerated().map { (name: "x\($0)", tensor: $1.tensor) }
        // A random direction in the space of results makes the loss a scalar that no symmetry of the operator hides in.
        var random = RandomTensors(seed: 31)
        var check = GradientCheck()
        check.elementsPerOperand = 8
        try check.expectGradients(of: operands) { builder, values in
            let result = try builder.apply(conformanceCase.op, values)[0]
            let shape = builder.shape(of: result)
            let direction = builder.constant("direction", random.uniform(shape))
            let product = try builder.apply(.multiply, result, direction)
            return try builder.apply(.reduceSum(Reduction(axes: Array(0..<shape.rank))), product)
        }
    }

    @Test("are zero for operators without slope", arguments: ConformanceCase.flat)
    func zero(conformanceCase: ConformanceCase) throws {
        var builder = GraphBuilder()
        var inputs: [String: [Double]] = [:]
        let values = conformanceCase.operands.enumerated().map { position, operand in
            inputs["x\(position)"] = operand.tensor.doubles
            return builder.input("x\(position)", operand.tensor.type, isBatched: false)
        }
        let result = try builder.apply(conformanceCase.op, values)[0]
        let floats = values.filter { builder.type(of: $0).dataType == .float32 }
        // A loss can be made only of floats, and a gradient taken only with respect to floats.
        guard builder.type(of: result).dataType == .float32, !floats.isEmpty else { return }
        let loss = try builder.apply(.sumOfSquares, result)
        for (position, gradient) in try gradients(of: loss, withRespectTo: floats, in: &builder).enumerated() {
            builder.output("d\(position)", gradient)
        }
        for (name, gradient) in try ReferenceEngine.evaluate(builder.graph, inputs: inputs).outputs {
            #expect(gradient.allSatisfy { $0 == 0 }, "\(name): \(gradient)")
        }
    }

    @Test("pass straight through rounding, and stop where it saturates")
    func straightThrough() throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([5]), isBatched: false)
        let bytes = try builder.apply(.fakeQuantize(Quantization(.uint8, scale: 0.25)), x)
        let channels = try builder.apply(.fakeQuantizeChannels(limit: 7), x)
        let weight = builder.constant("weight", Tensor([5], [1, 2, 3, 4, 5] as [Float]))
        let loss = try builder.apply(
            .reduceSum(Reduction(axes: [0])), builder.apply(.multiply, builder.apply(.add, bytes, channels), weight))
        builder.output("dx", try gradients(of: loss, withRespectTo: [x], in: &builder)[0])
        // uint8 with steps of 1/4 reaches from −1/8 to 63 7/8.
        let outputs = try ReferenceEngine.evaluate(builder.graph, inputs: ["x": [-0.2, -0.1, 0, 63.8, 63.9]]).outputs
        #expect(outputs == ["dx": [1, 4, 6, 8, 5]])
    }

    @Test("add up where a value is used several times")
    func severalUses() throws {
        var random = RandomTensors(seed: 32)
        try GradientCheck().expectGradients(of: [("x", random.separated([3, 5])), ("w", random.uniform([5, 5]))]) {
            builder, values in
            let (x, weight) = (values[0], values[1])
            let once = try builder.apply(.linear, x, weight)
            let twice = try builder.apply(
                .linear, builder.apply(.exp, builder.apply(.affine(scale: 0.1, offset: 0), once)), weight)
            let both = try builder.apply(.multiply, builder.apply(.add, twice, x), once)
            return try builder.apply(.sumOfSquares, both)
        }
    }

    @Test("stop at stopGradient while the value goes on")
    func stops() throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([3]), isBatched: false)
        let product = try builder.apply(.multiply, x, builder.apply(.stopGradient, x))
        let loss = try builder.apply(.reduceSum(Reduction(axes: [0])), product)
        builder.output("dx", try gradients(of: loss, withRespectTo: [x], in: &builder)[0])
        builder.output("loss", loss)
        let outputs = try ReferenceEngine.evaluate(builder.graph, inputs: ["x": [1, -2, 3]]).outputs
        #expect(outputs == ["dx": [1, -2, 3], "loss": [14]])
    }
}
