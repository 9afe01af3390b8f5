import Graphs
import Tensors
import TestSupport

extension ConformanceCase {
    /// Pooling windows that overlap, leave gaps, stand over the edge or leave a ragged rest.
    static let pools: [ConformanceCase] = windows.flatMap(\.cases) + globalPools

    private struct Window {
        var name: String
        var x: Shape
        var attributes: PoolAttributes

        var cases: [ConformanceCase] {
            var random = RandomTensors(seed: 15)
            let distinct = random.separated(x)
            let ties = random.smallIntegers(x, in: -1...1)
            guard let types = try? Op.maxPool(attributes).inferTypes([distinct.type]) else { return [] }
            let dy = random.smallIntegers(types[0].shape)
            let averaging = [false, true].flatMap { countsPadding in
                var counting = attributes
                counting.countsPadding = countsPadding
                return [
                    ConformanceCase(
                        name: "\(name), counting padding: \(countsPadding)", op: .averagePool(counting),
                        operands: [.input(distinct)], tolerance: .float32),
                    ConformanceCase(
                        name: "\(name), counting padding: \(countsPadding)", op: .averagePoolGradient(counting),
                        operands: [.input(dy), .input(distinct)], tolerance: .float32),
                ]
            }
            return averaging + [
                ConformanceCase(name: name, op: .maxPool(attributes), operands: [.input(distinct)]),
                ConformanceCase(
                    name: "\(name), ties", op: .maxPool(attributes), operands: [.input(ties)], isSmooth: false),
                ConformanceCase(
                    name: name, op: .maxPoolGradient(attributes), operands: [.input(dy), .input(distinct)]),
                ConformanceCase(
                    name: "\(name), ties", op: .maxPoolGradient(attributes), operands: [.input(dy), .input(ties)]),
            ]
        }
    }

    private static let windows = [
        Window(name: "2x2", x: [2, 16, 8, 8], attributes: PoolAttributes(kernel: Extent(2), strides: Extent(2))),
        Window(name: "2x2 over 7x7", x: [1, 17, 7, 7], attributes: PoolAttributes(kernel: Extent(2), strides: Extent(2))),
        Window(name: "1x1", x: [1, 1, 1, 1], attributes: PoolAttributes(kernel: Extent(1), strides: Extent(1))),
        Window(
            name: "overlapping 3x3", x: [7, 3, 7, 5],
            attributes: PoolAttributes(kernel: Extent(3), strides: Extent(2), padding: Padding(1))),
        Window(name: "gaps", x: [2, 5, 11, 8], attributes: PoolAttributes(kernel: Extent(2), strides: Extent(3))),
        Window(
            name: "oblong, asymmetric padding", x: [2, 33, 5, 6],
            attributes: PoolAttributes(
                kernel: Extent(height: 2, width: 3), strides: Extent(height: 1, width: 2),
                padding: Padding(top: 1, left: 0, bottom: 0, right: 2))),
        Window(
            name: "the whole image", x: [3, 4, 5, 3],
            attributes: PoolAttributes(kernel: Extent(height: 5, width: 3), strides: Extent(1))),
    ]

    private static let globalPools = ([[2, 3, 4, 5], [7, 17, 3, 3], [1, 33, 1, 1], [1, 1, 7, 11]] as [Shape]).map {
        shape in
        var random = RandomTensors(seed: 16)
        return ConformanceCase(
            name: "\(shape)", op: .globalAveragePool, operands: [.input(random.uniform(shape))], tolerance: .float32)
    }
}
