import Artifacts
import Diagnostics
import Execution
import Graphs
import Losses
import ReferenceEngine
import Tensors
import TestSupport

/// A multi-exit loss of given logits, with its gradients, as a graph whose inputs are the logits themselves.
struct LossProblem {
    var recipe: DistillationRecipe
    var labelSmoothing = 0.0
    /// By exit, image, class.
    var student: [[[Double]]]
    /// By exit, image, class.
    var teacher: [[[Double]]]
    var labels: [Int32]

    struct Result {
        var loss: Double
        /// By exit, row-major.
        var gradients: [[Double]]
    }

    var graph: Graph {
        get throws {
            var builder = GraphBuilder()
            let shape: Shape = [labels.count, student[0][0].count]
            let z = student.indices.map { builder.input("student\($0)", TensorType(shape)) }
            let a = teacher.indices.map { builder.input("teacher\($0)", TensorType(shape)) }
            let y = builder.input("labels", TensorType([labels.count], .int32))
            let loss = try multiExitLoss(
                recipe: recipe, labelSmoothing: labelSmoothing, studentLogits: z, teacherLogits: a.isEmpty ? nil : a, labels: y,
                in: &builder)
            builder.output("loss", loss)
            for (exit, gradient) in try gradients(of: loss, withRespectTo: z, in: &builder).enumerated() {
                builder.output("gradient\(exit)", gradient)
            }
            return builder.graph
        }
    }

    /// In double precision throughout.
    func evaluate() throws -> Result {
        var inputs = ["labels": labels.map(Double.init)]
        for (exit, logits) in student.enumerated() { inputs["student\(exit)"] = logits.flatMap { $0 } }
        for (exit, logits) in teacher.enumerated() { inputs["teacher\(exit)"] = logits.flatMap { $0 } }
        let outputs = try ReferenceEngine.evaluate(try graph, inputs: inputs).outputs
        return Result(loss: outputs["loss"]![0], gradients: student.indices.map { outputs["gradient\($0)"]! })
    }

    /// On an engine, in its own precision.
    func run(on engine: any Engine) throws -> Result {
        let shape: Shape = [labels.count, student[0][0].count]
        var inputs = ["labels": Tensor([labels.count], labels)]
        for (exit, logits) in student.enumerated() {
            inputs["student\(exit)"] = Tensor(shape, logits.flatMap { $0.map(Float.init) })
        }
        for (exit, logits) in teacher.enumerated() {
            inputs["teacher\(exit)"] = Tensor(shape, logits.flatMap { $0.map(Float.init) })
        }
        let executable = try engine.compile(try graph, parameters: Parameters(), options: CompilationOptions(threads: 1))
        let outputs = try executable.run(inputs)
        return Result(
            loss: Double(outputs["loss"]!.floats[0]), gradients: student.indices.map { outputs["gradient\($0)"]!.doubles })
    }

    /// Central differences of the loss by every student logit.
    func finiteDifferences(step: Double = 1e-5) throws -> [[Double]] {
        try student.indices.map { exit in
            try labels.indices.flatMap { image in
                try student[exit][image].indices.map { position in
                    var (up, down) = (self, self)
                    up.student[exit][image][position] += step
                    down.student[exit][image][position] -= step
                    return try (up.evaluate().loss - down.evaluate().loss) / (2 * step)
                }
            }
        }
    }

    /// Random logits of spread 2, teacher right on about half of the images.
    static func random(
        _ recipe: DistillationRecipe, exits: Int = 3, teacherExits: Int = 3, images: Int = 4, classes: Int = 5, seed: UInt64 = 1
    ) -> LossProblem {
        var generator = RandomGenerator(seed: seed)
        let labels = (0..<images).map { _ in Int32(generator.below(classes)) }
        func logits() -> [[Double]] { (0..<images).map { _ in (0..<classes).map { _ in 8 * generator.uniform() - 4 } } }
        let student = (0..<exits).map { _ in logits() }
        var teacher = (0..<teacherExits).map { _ in logits() }
        for exit in teacher.indices {
            for image in 0..<images where (exit + image) % 2 == 0 { teacher[exit][image][Int(labels[image])] = 6 }
        }
        return LossProblem(recipe: recipe, student: student, teacher: teacher, labels: labels)
    }
}
