package import Tensors

/// Draws tensors from a seed, the same ones at every run.
package struct RandomTensors: Sendable {
    private var generator: RandomGenerator

    package init(seed: UInt64) { generator = RandomGenerator(seed: seed) }

    /// Uniform numbers.
    package mutating func uniform(_ shape: Shape, in range: ClosedRange<Float> = -1...1) -> Tensor {
        Tensor(
            shape,
            (0..<shape.count).map { _ in
                range.lowerBound + (range.upperBound - range.lowerBound) * Float(generator.uniform())
            })
    }

    /// Small whole numbers as floats: products and sums of them are exact in any order.
    package mutating func smallIntegers(_ shape: Shape, in range: ClosedRange<Int> = -3...3) -> Tensor {
        Tensor(shape, (0..<shape.count).map { _ in Float(range.lowerBound + generator.below(range.count)) })
    }

    /// Numbers that are all different by at least `gap`, and half as far from zero, in random order: away from the kinks
    /// of a maximum or a rectifier.
    package mutating func separated(_ shape: Shape, gap: Float = 0.125) -> Tensor {
        let middle = shape.count / 2
        var scalars = (0..<shape.count).map { (Float($0 - middle) + 0.5) * gap }
        generator.shuffle(&scalars)
        return Tensor(shape, scalars)
    }

    /// Whole numbers in `0..<bound`, such as labels.
    package mutating func indices(_ shape: Shape, below bound: Int) -> Tensor {
        Tensor(shape, (0..<shape.count).map { _ in Int32(generator.below(bound)) })
    }
}
