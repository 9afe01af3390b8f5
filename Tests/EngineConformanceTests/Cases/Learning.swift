import Graphs
import Tensors
import TestSupport

extension ConformanceCase {
    /// Steps of the optimizer on weights of several shapes.
    static let learning: [ConformanceCase] = ([[], [17], [33, 17], [16, 3, 3, 3], [17, 1, 3, 3]] as [Shape]).flatMap {
        shape in
        [false, true].flatMap { nesterov in
            [0, 5e-4].map { weightDecay in
                var random = RandomTensors(seed: 23)
                return ConformanceCase(
                    name: "\(shape), nesterov: \(nesterov), decay: \(weightDecay)",
                    op: .momentumUpdate(
                        MomentumAttributes(momentum: 0.9, weightDecay: weightDecay, nesterov: nesterov)),
                    operands: [
                        .variable(random.uniform(shape)), .input(random.uniform(shape)), .variable(random.uniform(shape)),
                        .input(Tensor(0.1)), .input(Tensor(0.75)),
                    ],
                    tolerance: .float32)
            }
        }
    }
}
