import Graphs
import Tensors
import TestSupport

extension ConformanceCase {
    /// Each geometry forward and in both gradients. Small whole numbers make every sum exact in float32.
    static let convolutions: [ConformanceCase] = geometries.flatMap(\.cases)

    private struct Geometry {
        var name: String
        var x: Shape
        var weight: Shape
        var attributes = ConvolutionAttributes()
        var hasBias = true
        var tolerance = Tolerance.exact

        var cases: [ConformanceCase] {
            var random = RandomTensors(seed: 11)
            let image = random.smallIntegers(x)
            let kernel = random.smallIntegers(weight)
            let bias = random.smallIntegers([weight[0]])
            guard let types = try? Op.convolution(attributes).inferTypes([image.type, kernel.type]) else { return [] }
            let dy = random.smallIntegers(types[0].shape)
            return [
                ConformanceCase(
                    name: name, op: .convolution(attributes),
                    operands: [.input(image), .variable(kernel)] + (hasBias ? [.variable(bias)] : []),
                    tolerance: tolerance),
                ConformanceCase(
                    name: name, op: .convolutionDataGradient(attributes),
                    operands: [.input(dy), .variable(kernel), .input(image)],
                    tolerance: tolerance),
                ConformanceCase(
                    name: name, op: .convolutionWeightGradient(attributes),
                    operands: [.input(dy), .input(image), .variable(kernel)],
                    tolerance: tolerance),
            ]
        }
    }

    private static let geometries = [
        Geometry(
            name: "channels for minimal filtering, extents that no tile divides", x: [3, 32, 9, 7],
            weight: [48, 32, 3, 3], attributes: .init(padding: .init(1)), tolerance: .minimalFiltering),
        Geometry(
            name: "fewest channels for a weight gradient by minimal filtering", x: [2, 16, 4, 13],
            weight: [16, 16, 3, 3], attributes: .init(padding: .init(1)), tolerance: .minimalFiltering),
        Geometry(
            name: "minimal filtering without padding", x: [2, 32, 6, 5], weight: [32, 32, 3, 3],
            tolerance: .minimalFiltering),
        Geometry(name: "3x3 same padding", x: [2, 3, 8, 8], weight: [16, 3, 3, 3], attributes: .init(padding: .init(1))),
        Geometry(name: "all extents 1", x: [1, 1, 1, 1], weight: [1, 1, 1, 1]),
        Geometry(
            name: "one more than a vector", x: [1, 17, 5, 5], weight: [33, 17, 3, 3],
            attributes: .init(padding: .init(1)), hasBias: false, tolerance: .minimalFiltering),
        Geometry(name: "prime extents, batch 7", x: [7, 5, 11, 7], weight: [13, 5, 3, 3]),
        Geometry(
            name: "1x1 with stride 2", x: [2, 16, 7, 8], weight: [32, 16, 1, 1],
            attributes: .init(strides: Extent(2)), hasBias: false),
        Geometry(
            name: "stride greater than kernel", x: [2, 3, 11, 10], weight: [5, 3, 2, 2], attributes: .init(strides: Extent(3))),
        Geometry(
            name: "different strides, oblong kernel", x: [3, 4, 9, 13], weight: [6, 4, 2, 5],
            attributes: .init(strides: Extent(height: 1, width: 2))),
        Geometry(
            name: "asymmetric padding", x: [2, 2, 6, 5], weight: [3, 2, 3, 4],
            attributes: .init(padding: Padding(top: 0, left: 1, bottom: 2, right: 3))),
        Geometry(
            name: "dilation", x: [1, 3, 9, 12], weight: [4, 3, 3, 2],
            attributes: .init(padding: .init(2), dilations: Extent(height: 2, width: 3))),
        Geometry(
            name: "groups", x: [2, 6, 5, 7], weight: [9, 2, 3, 3], attributes: .init(padding: .init(1), groups: 3)),
        Geometry(
            name: "two groups of a vector", x: [1, 32, 4, 4], weight: [32, 16, 3, 3],
            attributes: .init(padding: .init(1), groups: 2)),
        Geometry(
            name: "depthwise, 17 channels, stride 2", x: [2, 17, 7, 7], weight: [17, 1, 3, 3],
            attributes: .init(strides: Extent(2), padding: .init(1), groups: 17)),
        Geometry(
            name: "depthwise with multiplier", x: [1, 3, 5, 5], weight: [6, 1, 3, 3], attributes: .init(groups: 3)),
        Geometry(name: "kernel as large as the image", x: [3, 4, 5, 3], weight: [7, 4, 5, 3]),
        Geometry(
            name: "unused last row and column", x: [1, 2, 8, 8], weight: [3, 2, 3, 3], attributes: .init(strides: Extent(2))),
    ]
}
