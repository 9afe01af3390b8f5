/// What a training step tells about itself, and the sums of many.
package struct StepMetrics: Hashable, Sendable, Codable {
    package var images = 0
    /// Loss per image, times images.
    package var lossSum = 0.0
    /// Per exit, images that the student in training form got right.
    package var correct: [Double]
    /// Per teacher exit, images that it got wrong.
    package var teacherWrong: [Double]

    package init(exits: Int, teacherExits: Int) {
        correct = [Double](repeating: 0, count: exits)
        teacherWrong = [Double](repeating: 0, count: teacherExits)
    }

    /// Mean loss per image.
    package var loss: Double { images > 0 ? lossSum / Double(images) : 0 }

    /// Per exit, 0…1.
    package var accuracy: [Double] { correct.map { images > 0 ? $0 / Double(images) : 0 } }

    /// Per teacher exit, 0…1.
    package var teacherError: [Double] { teacherWrong.map { images > 0 ? $0 / Double(images) : 0 } }

    package static func += (sum: inout StepMetrics, step: StepMetrics) {
        precondition(
            sum.correct.count == step.correct.count && sum.teacherWrong.count == step.teacherWrong.count,
            "metrics of \(sum.correct.count) and \(step.correct.count) exits")
        sum.images += step.images
        sum.lossSum += step.lossSum
        for exit in sum.correct.indices { sum.correct[exit] += step.correct[exit] }
        for exit in sum.teacherWrong.indices { sum.teacherWrong[exit] += step.teacherWrong[exit] }
    }
}
