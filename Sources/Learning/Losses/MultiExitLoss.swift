package import Artifacts
package import Diagnostics
package import Graphs
import Tensors

/// Adds the loss of a multi-exit network: cross-entropy, distillation from a multi-exit teacher, ERDE, and
/// self-distillation.
///
///     L = Σ_i w_i (1/N) Σ_x [ α c_i(x) CE(z_i, q) + β r_i(x) T² KL( softmax(a_i/T) ‖ softmax(z_i/T) )
///                             + γ e_i(x) ( ln K − H(softmax(z_i)) ) + λ ramp r_i(x) D_i(x) ] + μ L_weights
///
/// with `m_i(x) = 1` where the teacher is right and, for ERDE at every exit but the last, `e_i = 1 − m_i` and
/// `r_i = m_i`; the last exit has `r = 1, e = 0` unless `entropyAtLastExit`. `c_i` is 1, or `1 − e_i` when the
/// cross-entropy is dropped where the teacher is wrong. `D_i` and `L_weights` are those of `EnsembleTeachers`, for the
/// methods that learn from themselves. With `kd` all `r = 1, e = 0`; with `ce` only the first term is left. Every mean
/// divides by the whole batch, and no gradient enters the teacher. After Guidez et al., arXiv 2510.04856, and Sun et al.,
/// FITEE 25(4), 2024; what those leave open is a switch of `DistillationRecipe`.
///
/// - Throws: `ErdeError` of kind `usage` when the recipe does not fit the exits or needs a teacher that is not there.
package func multiExitLoss(
    _ recipe: DistillationRecipe, of inputs: LossInputs, in builder: inout GraphBuilder
) throws(ErdeError) -> LossValue {
    let exits = inputs.studentLogits
    precondition(!exits.isEmpty, "a loss without exits")
    let weights = recipe.exitWeights ?? [Double](repeating: 1, count: exits.count)
    guard weights.count == exits.count else {
        throw ErdeError(
            .usage, "exitWeights", "expected \(exits.count) weights, one per exit, found \(weights.count)",
            remedy: "give one weight per exit or none")
    }
    let targets = try builder.distribution(inputs.targets, classes: builder.shape(of: exits[0])[1])
    let teacher = try teacher(recipe, inputs)
    let settings = SelfDistillation(recipe, exits: exits.count)
    let ensembles = try settings.map { (settings) throws(ErdeError) in
        try builder.scoped("mate") { (builder: inout GraphBuilder) throws(ErdeError) in
            try EnsembleTeachers(settings, studentLogits: exits, targets: targets, in: &builder)
        }
    }

    var total: Value?
    for (exit, logits) in exits.enumerated() {
        let mean = try builder.scoped("loss_exit\(exit + 1)") { (builder: inout GraphBuilder) throws(ErdeError) -> Value in
            let wrong = try teacher?.wrong(forStudentExit: exit, in: &builder)
            let right = try wrong.map { (value) throws(ErdeError) in try builder.complement(value) }
            let distilled = recipe.keepsDistillationWhereWrong ? nil : right
            var sum = try builder.crossEntropy(logits: logits, targets: targets)
            if let right, !recipe.keepsCrossEntropyWhereWrong { sum = try builder.apply(.multiply, sum, right) }
            if recipe.alpha != 1 { sum = try builder.apply(.affine(scale: recipe.alpha, offset: 0), sum) }
            if let teacher, recipe.beta != 0 {
                let term = try builder.distillation(
                    studentLogits: logits, teacherLogits: teacher.logits(forStudentExit: exit),
                    temperature: recipe.temperature)
                sum = try builder.add(term, to: sum, weight: recipe.beta, factors: [distilled])
            }
            if let wrong, recipe.gamma != 0 {
                let term = try builder.entropyRegularization(logits: logits, form: recipe.entropyForm)
                sum = try builder.add(term, to: sum, weight: recipe.gamma, factors: [wrong])
            }
            if let ensembles, let settings, settings.lambda != 0 {
                let term = try ensembles.divergence(ofExit: exit, logits: logits, in: &builder)
                sum = try builder.add(term, to: sum, weight: settings.lambda, factors: [distilled, inputs.ramp])
            }
            return try builder.apply(.reduceMean(Reduction(axes: [0])), sum, name: "mean")
        }
        if let sum = total {
            total = try builder.add(mean, to: sum, weight: weights[exit], factors: [])
        } else {
            total = weights[exit] == 1 ? mean : try builder.apply(.affine(scale: weights[exit], offset: 0), mean)
        }
    }
    if let settings, settings.mu != 0, let weightLoss = ensembles?.weightLoss, let sum = total {
        total = try builder.add(weightLoss, to: sum, weight: settings.mu, factors: [])
    }
    return LossValue(
        value: total!,
        ensembleWeightLogits: ensembles?.weightLogits.map {
            LossValue.OwnVariable(value: $0.value, initial: $0.initial)
        })
}

/// The teacher of a method that has one.
private func teacher(_ recipe: DistillationRecipe, _ inputs: LossInputs) throws(ErdeError) -> MultiExitTeacher? {
    guard recipe.method.learnsFromTeacher else { return nil }
    guard let logits = inputs.teacherLogits, !logits.isEmpty else {
        throw ErdeError(
            .usage, "method", "\(recipe.method.rawValue) learns from a teacher, and there is none",
            remedy: "choose \(DistillationRecipe.Method.withoutTeacher.map(\.rawValue).joined(separator: ", "))")
    }
    let judges = inputs.judgeLogits ?? logits
    precondition(judges.count == logits.count, "\(judges.count) judges for \(logits.count) teacher exits")
    return MultiExitTeacher(
        recipe: recipe, logits: logits, judges: judges, studentExits: inputs.studentLogits.count, labels: inputs.targets.labels)
}

extension GraphBuilder {
    /// `sum + weight · term · factors`, the factors that are there.
    fileprivate mutating func add(
        _ term: Value, to sum: Value, weight: Double, factors: [Value?]
    ) throws(ErdeError) -> Value {
        var term = term
        for factor in factors { if let factor { term = try apply(.multiply, term, factor) } }
        if weight != 1 { term = try apply(.affine(scale: weight, offset: 0), term) }
        return try apply(.add, sum, term)
    }
}
