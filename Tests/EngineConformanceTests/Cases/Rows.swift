import Graphs
import Tensors
import TestSupport

extension ConformanceCase {
    /// Operators on rows of logits and on labels.
    static let rows: [ConformanceCase] = [(1, 1), (1, 10), (7, 10), (3, 17), (2, 33), (5, 100)].flatMap { batch, classes in
        var random = RandomTensors(seed: 19)
        let shape: Shape = [batch, classes]
        let labels = random.indices([batch], below: classes)
        return [
            ConformanceCase(
                name: "\(shape)", op: .logSoftmax, operands: [.input(random.uniform(shape, in: -6...6))],
                tolerance: .transcendental),
            ConformanceCase(
                name: "\(shape), large", op: .logSoftmax, operands: [.input(random.uniform(shape, in: -1000...1000))],
                tolerance: .large, isSmooth: false),
            ConformanceCase(
                name: "\(shape), all equal", op: .logSoftmax, operands: [.input(Tensor(repeating: 90, shape))],
                tolerance: .transcendental),
            ConformanceCase(name: "\(shape)", op: .argMax, operands: [.input(random.separated(shape))]),
            ConformanceCase(name: "\(shape), ties", op: .argMax, operands: [.input(random.smallIntegers(shape, in: 0...1))]),
            ConformanceCase(name: "\(shape)", op: .oneHot(classes: classes), operands: [.input(labels)]),
        ]
    }
}

extension Tolerance {
    fileprivate static let large = Tolerance(
        absolute: 2e-4, relative: 1e-6, reason: "float32 holds numbers near 1000 to 6e-5")
}
