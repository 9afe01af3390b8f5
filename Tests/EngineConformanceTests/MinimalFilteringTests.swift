import Execution
import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// In a graph that updates variables, and in one for many images, an engine may compute 3x3 convolutions by minimal filtering,
/// and may then be unable to take the addition and the activation along.
@Suite("Convolutions by minimal filtering")
struct MinimalFilteringTests {
    struct Network {
        let image: [Int]
        let learns: Bool
    }

    @Test(
        "agree with the reference engine", arguments: EngineUnderTest.all,
        [
            Network(image: [2, 32, 9, 7], learns: true), Network(image: [5, 48, 4, 4], learns: true),
            Network(image: [17, 32, 9, 7], learns: false), Network(image: [16, 48, 4, 4], learns: false),
        ])
    func agree(subject: EngineUnderTest, network: Network) throws {
        let image = network.image
        var random = RandomTensors(seed: 61)
        let shape = Shape(image)
        let channels = image[1]
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType(shape))
        let weight = builder.variable("weight", [channels, channels, 3, 3], role: .weight)
        let total = builder.variable("total", [channels], role: .statistic)
        let convolution = try builder.apply(.convolution(.init(padding: Padding(1))), x, weight)
        let sum = try builder.apply(.add, x, convolution)
        let activated = try builder.apply(.relu, sum)
        let scaled = try builder.apply(.affine(scale: 2, offset: 0), activated)
        let again = try builder.apply(.convolution(.init(padding: Padding(1))), scaled, weight)
        let clipped = try builder.apply(.clip(lower: -1, upper: 3), again)
        builder.output("y", clipped)
        builder.output("activated", scaled)
        let sums = try builder.apply(.reduceSum(Reduction(axes: [0, 2, 3])), clipped)
        if network.learns { builder.update(total, to: sums) }
        let parameters = Parameters([
            "weight": random.uniform([channels, channels, 3, 3], in: -0.1...0.1), "total": Tensor(repeating: 0, [channels]),
        ])
        let inputs = ["x": random.uniform(shape)]
        let reference = try ReferenceEngine().compile(builder.graph, parameters: parameters)
        let executable = try subject.engine.compile(builder.graph, parameters: parameters, options: subject.options)
        let expected = try reference.run(inputs)
        let actual = try executable.run(inputs)
        let tolerance = Tolerance(
            absolute: 2e-4, relative: 1e-4, reason: "two convolutions of 288 or 432 products by minimal filtering in float32")
        for output in builder.graph.outputs {
            expectClose(
                try #require(actual[output.name]), try #require(expected[output.name]), tolerance, output.name)
        }
        #expect(try executable.run(inputs)["y"] == actual["y"])
    }
}
