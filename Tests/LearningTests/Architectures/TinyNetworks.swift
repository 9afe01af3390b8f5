import Architectures
import Artifacts
import Graphs
import Tensors
import TestSupport

/// A network of every family that is small enough for plain loops, with widths and exits that are awkward.
enum TinyNetworks {
    static let names = [
        "preresnet:widths=5,7:blocks=2,1:exits=1,3", "wrn:widths=5,6:blocks=1,1:stem=3:head=poolTo2x2",
        "vgg:widths=5,7,3:blocks=1,2,1", "vgg:widths=4,6:blocks=2,1:exits=1:head=convolutions:dropout=0",
        "mobilenetv2:widths=3,5,5:blocks=1,2,1:stem=5:last=11",
        "mobilenetv2:widths=3,4:blocks=2,2:strides=2,1:stem=3:expansion=3:last=0:head=pool2:exits=1,2,4",
        "densenet:blocks=2,3:growth=3", "densenet:blocks=2,2:growth=5:bottleneck=0:compression=70:stem=3:head=pool2:exits=2,3,4",
        "msdnet:layers=4:base=1:step=1:growth=3:stem=5:head=pool2", "msdnet:layers=3:base=1:stem=3:growth=2:scales=2",
        "msdnet:layers=2:base=2:scales=1:growth=3:bottleneck=0:head=global:dropout=0.5",
    ]

    static let image = ImageFormat(channels: 3, height: 9, width: 7)

    static let description = DatasetDescription(
        classNames: ["a", "b", "c", "d", "e"], image: image, mean: [0.4, 0.5, 0.6], standardDeviation: [0.2, 0.25, 0.3],
        counts: [.train: 10], source: "made", seed: 1)

    /// A network of that name whose variables are all random.
    static func model(_ name: String) throws -> Model {
        var model = try ArchitectureDescription(parsing: name).initialModel(role: .student, for: description, seed: 3)
        var random = RandomTensors(seed: 17)
        for variable in model.graph.variables {
            let (name, shape) = (model.graph.name(of: variable.value), model.graph.shape(of: variable.value))
            switch variable.role {
            case .weight: break
            case .bias, .optimizer: model.parameters[name] = random.uniform(shape, in: -0.5...1.5)
            case .statistic: model.parameters[name] = random.uniform(shape, in: 0.5...1.5)
            }
        }
        return model
    }

    /// Images `[count,3,9,7]` with pixels 0…1, row-major.
    static func images(_ count: Int) -> Tensor {
        var random = RandomTensors(seed: 23)
        return random.uniform([count, image.channels, image.height, image.width], in: 0...1)
    }
}
