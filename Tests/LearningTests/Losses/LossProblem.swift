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
    /// Labels of the images that these are blended with, and how much of them; nil does not blend.
    var blend: (labels: [Int32], shares: [Double])?
    /// How much of the self-distillation counts; nil leaves the input out.
    var ramp: Double?
    /// Learned weights of ensembles before the softmax, by ensemble, exit; nil takes those of the start.
    var weightLogits: [[Double]]?

    struct Result {
        var loss: Double
        /// By exit, row-major.
        var gradients: [[Double]]
        /// Row-major; nil where no weights are learned.
        var weightGradient: [Double]?
    }

    /// The name of the loss's own variable; empty where it has none.
    static let weightLogitsName = "mate_weight_logits"

    var built: (graph: Graph, parameters: Parameters) {
        get throws {
            var builder = GraphBuilder()
            let shape: Shape = [labels.count, student[0][0].count]
            let z = student.indices.map { builder.input("student\($0)", TensorType(shape)) }
            let a = teacher.indices.map { builder.input("teacher\($0)", TensorType(shape)) }
            var targets = Targets(
                labels: builder.input("labels", TensorType([labels.count], .int32)), smoothing: labelSmoothing)
            if blend != nil {
                let others = builder.input("others", TensorType([labels.count], .int32))
                let shares = builder.input("shares", TensorType([labels.count]))
                targets = Targets(
                    labels: targets.labels, blend: Targets.Blend(labels: others, share: shares), smoothing: labelSmoothing)
            }
            let ramp = ramp == nil ? nil : builder.input("ramp", TensorType(.scalar), isBatched: false)
            let loss = try multiExitLoss(
                recipe,
                of: LossInputs(studentLogits: z, teacherLogits: a.isEmpty ? nil : a, targets: targets, ramp: ramp),
                in: &builder)
            builder.output("loss", loss.value)
            let own = loss.ensembleWeightLogits
            let values = z + (own.map { [$0.value] } ?? [])
            for (place, gradient) in try gradients(of: loss.value, withRespectTo: values, in: &builder).enumerated() {
                builder.output("gradient\(place)", gradient)
            }
            var parameters = Parameters()
            if let own {
                let given = weightLogits.map { Tensor(own.initial.shape, $0.flatMap { $0.map(Float.init) }) }
                parameters[builder.graph.name(of: own.value)] = given ?? own.initial
            }
            return (builder.graph, parameters)
        }
    }

    var graph: Graph { get throws { try built.graph } }

    /// In double precision throughout.
    func evaluate() throws -> Result {
        var inputs = ["labels": labels.map(Double.init)]
        for (exit, logits) in student.enumerated() { inputs["student\(exit)"] = logits.flatMap { $0 } }
        for (exit, logits) in teacher.enumerated() { inputs["teacher\(exit)"] = logits.flatMap { $0 } }
        if let blend {
            inputs["others"] = blend.labels.map(Double.init)
            inputs["shares"] = blend.shares
        }
        if let ramp { inputs["ramp"] = [ramp] }
        let (graph, parameters) = try built
        var variables = parameters.tensors.mapValues(\.doubles)
        if let weightLogits, !variables.isEmpty { variables[Self.weightLogitsName] = weightLogits.flatMap { $0 } }
        return result(try ReferenceEngine.evaluate(graph, inputs: inputs, variables: variables).outputs)
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
        if let blend {
            inputs["others"] = Tensor([labels.count], blend.labels)
            inputs["shares"] = Tensor([labels.count], blend.shares.map(Float.init))
        }
        if let ramp { inputs["ramp"] = Tensor(Float(ramp)) }
        let (graph, parameters) = try built
        let executable = try engine.compile(graph, parameters: parameters, options: CompilationOptions(threads: 1))
        return result(try executable.run(inputs).mapValues(\.doubles))
    }

    private func result(_ outputs: [String: [Double]]) -> Result {
        Result(
            loss: outputs["loss"]![0], gradients: student.indices.map { outputs["gradient\($0)"]! },
            weightGradient: outputs["gradient\(student.count)"])
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
