import Architectures
import Artifacts
import CPUEngine
import Execution
import Graphs
import Pruning
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// The first-order estimate against channels really taken away, on the reference engine.
@Suite struct TaylorTests {
    static let batch = 4

    static func taylor(_ model: Model, _ dependencies: ChannelDependencies) throws -> TaylorGraph {
        var loss = DistillationRecipe()
        loss.method = .ce
        return try TaylorGraph(model.graph, dependencies, teacher: nil, distillation: loss, batch: batch)
    }

    private static func inputs(_ taylor: TaylorGraph) -> [String: Tensor] {
        var random = RandomTensors(seed: 31)
        let image = taylor.graph.inputs[0].value
        return [
            Model.inputName: random.uniform(taylor.graph.shape(of: image), in: 0...1),
            "batch_labels": Tensor([batch], [0, 2, 1, 2] as [Int32]),
        ]
    }

    private static func loss(_ taylor: TaylorGraph, _ parameters: [String: [Double]]) throws -> Double {
        try ReferenceEngine.evaluate(
            taylor.graph, inputs: inputs(taylor).mapValues(\.doubles), variables: parameters
        ).outputs["loss"]![0]
    }

    /// The weights with what reads a coupled channel multiplied by a factor.
    private static func scaled(
        _ parameters: [String: [Double]], reading channel: Int, by factor: Double, _ graph: Graph,
        _ dependencies: ChannelDependencies
    ) -> [String: [Double]] {
        var scaled = parameters
        for axis in Set(dependencies.groups.flatMap { $0.axes(.reads) }) {
            let name = graph.name(of: axis.value)
            let places = dependencies.axes[axis]!
            let inner = graph.shape(of: axis.value).dimensions[2...].reduce(1, *)
            for index in scaled[name]!.indices where places[index / inner % places.count] == channel {
                scaled[name]![index] *= factor
            }
        }
        return scaled
    }

    private static func importance(_ model: Model, _ dependencies: ChannelDependencies) throws -> [Double] {
        let taylor = try taylor(model, dependencies)
        let importance = try TaylorImportance(
            taylor, dependencies, parameters: model.parameters, engine: ReferenceEngine(),
            options: CompilationOptions(threads: 1))
        let inputs = inputs(taylor)
        try inputs[Model.inputName]!.withUnsafeBytes { images in
            try inputs["batch_labels"]!.withUnsafeBytes { labels in try importance.add(images: images, labels: labels) }
        }
        return importance.importance
    }

    private static let rounding = Tolerance(
        absolute: 2e-5, relative: 2e-4, reason: "gradients and weights are rounded to single precision between operators")

    @Test(arguments: [SmallNetworks.names[0], SmallNetworks.names[2], SmallNetworks.names[4], SmallNetworks.names[6]])
    func isTheSlopeOfTheLossAlongAChannel(_ name: String) throws {
        let model = try SmallNetworks.model(name)
        let dependencies = ChannelDependencies(model.graph)
        let taylor = try Self.taylor(model, dependencies)
        let parameters = model.parameters.tensors.mapValues(\.doubles)
        let importance = try Self.importance(model, dependencies)
        let step = 1e-5
        for group in dependencies.groups where group.obstacle == nil {
            for channel in group.channels.prefix(2) {
                func loss(_ factor: Double) throws -> Double {
                    try Self.loss(taylor, Self.scaled(parameters, reading: channel, by: factor, model.graph, dependencies))
                }
                let slope = abs(try loss(1 + step) - loss(1 - step)) / (2 * step)
                let mismatch = Self.rounding.mismatch(actual: [importance[channel]], expected: [slope])
                #expect(mismatch == nil, "\(group.text(in: model.graph)): \(mismatch?.description ?? "")")
            }
        }
    }

    @Test func isTheLossesChangeWithoutAFaintChannel() throws {
        var model = try SmallNetworks.model(SmallNetworks.names[0])
        let dependencies = ChannelDependencies(model.graph)
        let group = try #require(dependencies.groups.first { $0.obstacle == nil })
        let channel = group.channels[1]
        let faint = Self.scaled(
            model.parameters.tensors.mapValues(\.doubles), reading: channel, by: 1e-3, model.graph, dependencies)
        for (name, scalars) in faint {
            model.parameters[name] = Tensor(model.parameters[name]!.shape, scalars.map(Float.init))
        }
        let narrow = try model.graph.removing([channel], of: dependencies, model.parameters)
        let without = Model(graph: narrow.graph, parameters: narrow.parameters, metadata: model.metadata)
        let before = try Self.loss(
            try Self.taylor(model, dependencies), model.parameters.tensors.mapValues(\.doubles))
        let after = try Self.loss(
            try Self.taylor(without, ChannelDependencies(narrow.graph)), narrow.parameters.tensors.mapValues(\.doubles))
        let estimate = try Self.importance(model, dependencies)[channel]
        let tolerance = Tolerance(
            absolute: 2e-6, relative: 0.02, reason: "the second order of a channel that is read with a thousandth")
        #expect(tolerance.mismatch(actual: [estimate], expected: [abs(after - before)]) == nil, "\(estimate), \(after - before)")
    }

    @Test func enginesAgree() throws {
        let model = try SmallNetworks.model(SmallNetworks.names[6])
        let dependencies = ChannelDependencies(model.graph)
        let taylor = try Self.taylor(model, dependencies)
        let inputs = Self.inputs(taylor)
        let fast = try CPUEngine().compile(taylor.graph, parameters: model.parameters, options: CompilationOptions(threads: 1))
            .run(inputs)
        let plain = try ReferenceEngine().compile(
            taylor.graph, parameters: model.parameters, options: CompilationOptions(threads: 1)
        ).run(inputs)
        let tolerance = Tolerance(absolute: 1e-4, relative: 1e-3, reason: "single precision, summed in another order")
        for (name, tensor) in plain {
            #expect(tolerance.mismatch(actual: fast[name]!.doubles, expected: tensor.doubles) == nil, "\(name)")
        }
    }
}
