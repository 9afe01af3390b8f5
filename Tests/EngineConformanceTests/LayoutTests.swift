import Execution
import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// Engines may keep a convolution's result in a layout of their own, with channels in blocks and padding between. These
/// graphs put each operator that reads images behind a convolution of 17 channels, one more than a block.
@Suite("Operators behind a convolution")
struct LayoutTests {
    /// What follows the convolution: an operator, and its operands after the convolution's result.
    struct Follower: Sendable, CustomTestStringConvertible {
        let op: Op
        var others: [Tensor] = []
        var testDescription: String { "\(op) \(others.map { $0.shape.description }.joined())" }
    }

    static let followers: [Follower] = {
        var random = RandomTensors(seed: 41)
        let pool = PoolAttributes(kernel: Extent(3), strides: Extent(2), padding: Padding(1))
        let channels: Shape = [17]
        let image: Shape = [2, 17, 5, 4]
        let vectors = (0..<4).map { _ in random.uniform(channels, in: 0.5...1.5) }
        let normalization = BatchNormalizationAttributes()
        var followers: [Follower] = [
            .relu, .clip(lower: -1, upper: 2), .affine(scale: 0.5, offset: 3), .exp, .stopGradient, .dropout(rate: 0.5),
            .maxPool(pool), .averagePool(pool), .globalAveragePool, .reduceSum(Reduction(axes: [0, 2, 3])),
            .reduceMean(Reduction(axes: [1], keepsAxes: true)), .sumOfSquares, .reshape(trailing: [340]),
            .reshape(trailing: [5, 17, 4]), .channelSlice(start: 0, count: 17), .channelSlice(start: 15, count: 2),
            .sigmoid, .hardSigmoid(slope: 0.25, offset: 0.5), .errorFunction, .pad(Padding(1)), .crop(Padding(1)),
            .transpose(permutation: [0, 2, 3, 1]),
        ].map { Follower(op: $0) }
        followers += [
            Follower(op: .batchNormalization(normalization), others: vectors),
            Follower(op: .batchNormalizationTraining(normalization), others: Array(vectors[0..<2])),
            Follower(op: .randomDropout(rate: 0.5, salt: 5), others: [Tensor([2], [1, 2] as [Int32])]),
            Follower(op: .convolution(.init(groups: 17)), others: [random.uniform([17, 1, 2, 2])]),
            Follower(op: .convolution(.init()), others: [random.uniform([3, 17, 1, 1]), random.uniform([3])]),
            Follower(op: .sumTo, others: [random.uniform([17, 1, 1])]),
            Follower(op: .reluGradient, others: [random.separated(image)]),
            Follower(op: .concatenate, others: [random.uniform([2, 3, 5, 4]), random.uniform([2, 40, 5, 4])]),
            Follower(op: .concatenate, others: [random.uniform([2, 16, 5, 4])]),
            Follower(op: .maxPoolGradient(.init(kernel: Extent(1), strides: Extent(1))), others: [random.uniform(image)]),
        ]
        for op in [Op.add, .subtract, .multiply, .divide, .maximum, .less, .equal] {
            for shape in [image, [17, 1, 1], [2, 1, 1, 1], [5, 4], []] as [Shape] {
                followers.append(Follower(op: op, others: [random.uniform(shape, in: 0.5...2)]))
            }
        }
        return followers
    }()

    static let tolerance = Tolerance(
        absolute: 2e-4, relative: 2e-5, reason: "float32 sums of 27 products of size 3, then sums of up to 680 of those")

    @Test("agree with the reference engine", arguments: EngineUnderTest.all, followers)
    func agree(subject: EngineUnderTest, follower: Follower) throws {
        var random = RandomTensors(seed: 42)
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([2, 3, 5, 4]))
        let weight = builder.variable("weight", [17, 3, 3, 3], role: .weight)
        var operands = [try builder.apply(.convolution(.init(padding: Padding(1))), x, weight)]
        for (position, tensor) in follower.others.enumerated() {
            operands.append(builder.constant("other\(position)", tensor))
        }
        for (position, result) in try builder.apply(follower.op, operands).enumerated() {
            builder.output("y\(position)", result)
        }
        // A second reader, in row-major order, so that the convolution's result cannot be dropped or overwritten.
        builder.output("convolution", operands[0])
        let inputs = ["x": random.smallIntegers([2, 3, 5, 4], in: -2...2)]
        let parameters = Parameters(["weight": random.smallIntegers([17, 3, 3, 3], in: -1...1)])
        let reference = try ReferenceEngine().compile(builder.graph, parameters: parameters)
        let executable = try subject.engine.compile(builder.graph, parameters: parameters, options: subject.options)
        let expected = try reference.run(inputs)
        let actual = try executable.run(inputs)
        for output in builder.graph.outputs {
            let name = output.name
            expectClose(try #require(actual[name]), try #require(expected[name]), Self.tolerance, name)
        }
        // A second run from the same inputs is the same to the last bit.
        #expect(try executable.run(inputs) == actual)
    }
}
