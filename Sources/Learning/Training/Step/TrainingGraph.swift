package import Artifacts
package import Diagnostics
package import Graphs
import Losses
import Tensors

/// One training step as a graph: augmented images in, new weights and a few numbers out.
///
/// The student is in training form, the teacher beside it in inference form, frozen, on the same images. Inputs: `image`
/// `[N,C,H,W]`, `batch_labels` int32 `[N]`, `dropout_seed` int32 `[2]`, `learning_rate` scalar; with blended images
/// `blend_labels` int32 `[N]` and `blend_share` `[N]`; with self-distillation `ramp` scalar; with out-of-fold predictions
/// `fold_logits_exit1` … `[N,K]`, by which right and wrong are told. Outputs, all scalars: `loss`,
/// `correct_exit1` … (images that the student in training form gets right), `teacher_wrong_exit1` ….
///
/// The student's variables keep their names; the teacher's are `teacher_…`, the loss's own `mate_…`, the optimizer's
/// `velocity_…`.
package struct TrainingGraph: Sendable {
    package let graph: Graph
    package let exits: Int
    /// 0 without a teacher.
    package let teacherExits: Int
    /// Names of the frozen teacher's variables.
    let teacherVariables: Set<String>
    /// The variable whose rows' softmax weighs the exits in each ensemble, by name; nil where none is learned.
    package let ensembleWeightLogits: String?
    /// Contents of the loss's own variables before the first step.
    package let initialParameters: Parameters

    static let labels = "batch_labels"
    static let dropoutSeed = "dropout_seed"
    static let learningRate = "learning_rate"
    static let blendLabels = "blend_labels"
    static let blendShare = "blend_share"
    static let ramp = "ramp"
    static let loss = "loss"
    static let foldLogits = "fold_logits_exit"
    static let teacherScope = "teacher"

    /// The input for out-of-fold predictions of an exit, counted from 0.
    package static func foldLogits(exit: Int) -> String { "\(foldLogits)\(exit + 1)" }

    static func correct(exit: Int) -> String { "correct_exit\(exit + 1)" }

    static func teacherWrong(exit: Int) -> String { "teacher_wrong_exit\(exit + 1)" }

    /// - Parameters:
    ///   - student: in canonical form.
    ///   - teacher: in inference form, nil without a teacher.
    ///   - foldExits: exits that out-of-fold predictions are given of; without a teacher they take its place.
    package init(
        student: Graph, teacher: Graph?, recipe: TrainingRecipe, distillation: DistillationRecipe, foldExits: Int = 0
    ) throws(ErdeError) {
        let batch = recipe.batchSize
        let student = try student.rebatched(batch)
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, student.type(of: student.inputs[0].value))
        let labels = builder.input(TrainingGraph.labels, TensorType([batch], .int32))
        let seed = builder.input(TrainingGraph.dropoutSeed, TensorType([2], .int32), isBatched: false)
        let learningRate = builder.input(TrainingGraph.learningRate, TensorType(.scalar), isBatched: false)
        var blend: Targets.Blend?
        if recipe.augmentation.mixup > 0 {
            blend = Targets.Blend(
                labels: builder.input(TrainingGraph.blendLabels, TensorType([batch], .int32)),
                share: builder.input(TrainingGraph.blendShare, TensorType([batch])))
        }
        let ramp =
            SelfDistillation(distillation, exits: student.outputs.count) == nil
            ? nil : builder.input(TrainingGraph.ramp, TensorType(.scalar), isBatched: false)

        let form = try builder.inlineForTraining(student, image: image, dropoutSeed: seed)
        var teacherLogits: [Value]?
        var teacherVariables: Set<String> = []
        if let teacher {
            let teacher = try teacher.rebatched(batch)
            let values = try builder.scoped(TrainingGraph.teacherScope) { (builder) throws(ErdeError) in
                try builder.inline(teacher, bindings: [teacher.inputs[0].value: image])
            }
            teacherLogits = teacher.outputs.map { values[$0.value]! }
            for variable in teacher.variables { teacherVariables.insert(builder.graph.name(of: values[variable.value]!)) }
        }
        let classes = student.shape(of: student.outputs[0].value)[1]
        let folds = (0..<foldExits).map { builder.input(TrainingGraph.foldLogits(exit: $0), TensorType([batch, classes])) }
        let inputs = LossInputs(
            studentLogits: form.outputs, teacherLogits: teacherLogits, foldLogits: folds,
            targets: Targets(labels: labels, blend: blend, smoothing: recipe.labelSmoothing), ramp: ramp)
        let loss = try multiExitLoss(distillation, of: inputs, in: &builder)
        builder.output(TrainingGraph.loss, loss.value)

        let trainable = student.variables.filter(\.isTrainable)
        for variable in student.variables {
            let name = student.name(of: variable.value)
            precondition(builder.graph.name(of: form.values[variable.value]!) == name, "\(name) was renamed")
        }
        let network = trainable.map { Variable(value: form.values[$0.value]!, role: $0.role) }
        let own = loss.ensembleWeightLogits.map { [Variable(value: $0.value, role: .bias)] } ?? []
        try builder.descend(loss.value, groups: [network, own], recipe: recipe, learningRate: learningRate)
        try builder.count(form.outputs, labels: labels, wrong: false, named: TrainingGraph.correct)
        try builder.count(inputs.judgeLogits ?? [], labels: labels, wrong: true, named: TrainingGraph.teacherWrong)
        ensembleWeightLogits = loss.ensembleWeightLogits.map { builder.graph.name(of: $0.value) }
        var initialParameters = Parameters()
        if let variable = loss.ensembleWeightLogits {
            initialParameters[builder.graph.name(of: variable.value)] = variable.initial
        }
        self.initialParameters = initialParameters
        graph = builder.graph.removingDeadNodes()
        exits = form.outputs.count
        teacherExits = inputs.judgeLogits?.count ?? 0
        self.teacherVariables = teacherVariables
    }
}

extension GraphBuilder {
    /// Adds gradients, clipping and the updates of stochastic gradient descent with momentum. Only weights decay, and each
    /// group is clipped on its own, so that none changes the steps of another.
    fileprivate mutating func descend(
        _ loss: Value, groups: [[Variable]], recipe: TrainingRecipe, learningRate: Value
    ) throws(ErdeError) {
        var slopes = try gradients(of: loss, withRespectTo: groups.joined().map(\.value), in: &self)[...]
        for group in groups where !group.isEmpty {
            try descend(group, slopes: Array(slopes.prefix(group.count)), recipe: recipe, learningRate: learningRate)
            slopes.removeFirst(group.count)
        }
    }

    private mutating func descend(
        _ variables: [Variable], slopes: [Value], recipe: TrainingRecipe, learningRate: Value
    ) throws(ErdeError) {
        let scale = try gradientScale(slopes, limit: recipe.gradientClip)
        for (variable, slope) in zip(variables, slopes) {
            let name = graph.name(of: variable.value)
            let velocity = self.variable("velocity_\(name)", shape(of: variable.value), role: .optimizer)
            let attributes = MomentumAttributes(
                momentum: recipe.momentum, weightDecay: variable.role == .weight ? recipe.weightDecay : 0,
                nesterov: recipe.nesterov)
            let results = try apply(
                .momentumUpdate(attributes), [variable.value, slope, velocity, learningRate, scale], name: "updated_\(name)")
            update(variable.value, to: results[0])
            update(velocity, to: results[1])
        }
    }

    /// What all gradients are multiplied by: `min(1, limit / ‖g‖)` of all of them together (Pascanu et al., 2013), or 1 where the
    /// limit is 0.
    private mutating func gradientScale(_ gradients: [Value], limit: Double) throws(ErdeError) -> Value {
        guard limit > 0, let first = gradients.first else { return constant("gradient_scale", Tensor(1)) }
        var total = try apply(.sumOfSquares, first)
        for gradient in gradients.dropFirst() { total = try apply(.add, total, try apply(.sumOfSquares, gradient)) }
        // The small offset keeps a gradient of nothing from being divided by nothing.
        let norm = try apply(.affine(scale: 1, offset: 1e-12), try apply(.squareRoot, total))
        let ratio = try apply(.divide, constant("gradient_limit", Tensor(Float(limit))), norm)
        return try apply(.clip(lower: 0, upper: 1), ratio, name: "gradient_scale")
    }

    /// Adds an output per exit: how many images it gets right, or wrong.
    fileprivate mutating func count(
        _ logits: [Value], labels: Value, wrong: Bool, named name: (Int) -> String
    ) throws(ErdeError) {
        for (exit, value) in logits.enumerated() {
            var hits = try correctness(logits: value, labels: labels)
            if wrong { hits = try apply(.affine(scale: -1, offset: 1), hits) }
            output(name(exit), try apply(.reduceSum(Reduction(axes: [0])), hits, name: name(exit)))
        }
    }
}
