import Architectures
import Artifacts
import Graphs
import ReferenceEngine
import Tensors
import TestSupport

/// Networks of every family that are small enough for plain loops.
enum SmallNetworks {
    static let names = [
        "preresnet:widths=5,7:blocks=2,1:exits=1,3", "wrn:widths=5,6:blocks=1,1:stem=3:head=poolTo2x2",
        "vgg:widths=5,7,3:blocks=1,2,1", "vgg:widths=4,6:blocks=2,1:exits=1:head=convolutions:dropout=0",
        "mobilenetv2:widths=3,5,5:blocks=1,2,1:stem=5:last=11",
        "mobilenetv2:widths=3,4:blocks=2,2:strides=2,1:stem=3:expansion=3:last=0:head=pool2:exits=1,2,4",
        "densenet:blocks=2,3:growth=3", "densenet:blocks=2,2:growth=5:bottleneck=0:compression=70:stem=3:head=pool2:exits=2,3,4",
        "msdnet:layers=4:base=1:step=1:growth=3:stem=5:head=pool2", "msdnet:layers=3:base=1:stem=3:growth=2:scales=2",
    ]

    static let description = DatasetDescription(
        classNames: ["a", "b", "c"], image: ImageFormat(channels: 2, height: 9, width: 7), mean: [0.4, 0.5],
        standardDeviation: [0.2, 0.25], counts: [.train: 10], source: "made", seed: 1)

    /// A network of that name whose variables are all random.
    static func model(_ name: String, seed: UInt64 = 17) throws -> Model {
        var model = try ArchitectureDescription(parsing: name).initialModel(role: .student, for: description, seed: 3)
        model.fill(seed: seed)
        return model
    }

    /// Logits of every exit for a batch of random images, in double precision.
    static func logits(_ graph: Graph, _ parameters: Parameters, images: Int = 2) throws -> [String: [Double]] {
        let batched = try graph.rebatched(images)
        var random = RandomTensors(seed: 23)
        let pixels = random.uniform(batched.shape(of: batched.inputs[0].value), in: 0...1)
        return try ReferenceEngine.evaluate(
            batched, inputs: [Model.inputName: pixels.doubles], variables: parameters.tensors.mapValues(\.doubles)
        ).outputs
    }
}

extension Model {
    mutating func fill(seed: UInt64) {
        var random = RandomTensors(seed: seed)
        for variable in graph.variables {
            let (name, shape) = (graph.name(of: variable.value), graph.shape(of: variable.value))
            switch variable.role {
            case .weight: break
            case .bias, .optimizer: parameters[name] = random.uniform(shape, in: -0.5...1.5)
            case .statistic: parameters[name] = random.uniform(shape, in: 0.5...1.5)
            }
        }
    }
}

extension ChannelDependencies {
    /// Groups that may be pruned, each as the names of the operators that make, filter and read its channels.
    func freeGroups(_ graph: Graph) -> [[String]] {
        groups.filter { $0.obstacle == nil }.map { group in
            func names(_ role: ChannelUse.Role) -> String {
                group.nodes(role).map { graph.name(of: graph.nodes[$0].outputs[0]) }.sorted().joined(separator: ",")
            }
            return ["\(group.channels.count)", names(.makes), names(.filters), names(.reads)]
        }
    }
}
