import Graphs
import Tensors
import TestSupport

extension ConformanceCase {
    /// Batch normalisation of images and of rows.
    static let normalisations: [ConformanceCase] = shapes.flatMap { shape in
        var random = RandomTensors(seed: 14)
        let channels: Shape = [shape[1]]
        let x = random.uniform(shape, in: -2...3)
        let dy = random.uniform(shape)
        let scale = random.uniform(channels, in: 0.5...1.5)
        let bias = random.uniform(channels)
        let mean = random.uniform(channels)
        let variance = random.uniform(channels, in: 0.25...2)
        let attributes = BatchNormalizationAttributes(epsilon: 1e-3, momentum: 0.3)
        return [
            ConformanceCase(
                name: "\(shape)", op: .batchNormalization(attributes),
                operands: [.input(x), .variable(scale), .variable(bias), .variable(mean), .variable(variance)],
                tolerance: .float32),
            ConformanceCase(
                name: "\(shape)", op: .batchNormalizationTraining(attributes),
                operands: [.input(x), .variable(scale), .variable(bias)], tolerance: .statistics),
            ConformanceCase(
                name: "\(shape)", op: .batchNormalizationGradient(attributes),
                operands: [.input(dy), .input(x), .variable(scale), .input(mean), .input(variance)],
                tolerance: .statistics),
            ConformanceCase(
                name: "\(shape)", op: .movingAverage(momentum: 0.3), operands: [.variable(mean), .input(bias)],
                tolerance: .float32),
        ]
    }

    private static let shapes: [Shape] = [
        [2, 3, 4, 5], [7, 17, 3, 3], [1, 33, 2, 2], [5, 1, 1, 1], [3, 16, 1, 7], [4, 3], [7, 17], [33, 1], [11, 33],
    ]
}

extension Tolerance {
    /// For sums over a channel that cancel.
    fileprivate static let statistics = Tolerance(
        absolute: 1e-5, relative: 1e-5, reason: "sums of up to 63 float32 products that cancel, divided by a deviation")
}
