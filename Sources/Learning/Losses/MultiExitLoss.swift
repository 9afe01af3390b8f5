package import Artifacts
package import Diagnostics
package import Graphs
import Tensors

/// Adds the loss of a multi-exit network: cross-entropy, distillation from a multi-exit teacher, or ERDE.
///
///     L = Σ_i w_i (1/N) Σ_x [ α c_i(x) CE(z_i, y) + β r_i(x) T² KL( softmax(a_i/T) ‖ softmax(z_i/T) )
///                             + γ e_i(x) ( ln K − H(softmax(z_i)) ) ]
///
/// with `m_i(x) = 1` where the teacher is right and, for ERDE at every exit but the last, `e_i = 1 − m_i` and
/// `r_i = m_i`; the last exit has `r = 1, e = 0` unless `entropyAtLastExit`. `c_i` is 1, or `1 − e_i` when the
/// cross-entropy is dropped where the teacher is wrong. With `kd` all `r = 1, e = 0`; with `ce` only the first term is
/// left. Every mean divides by the whole batch, and no gradient enters the teacher. After Guidez et al.,
/// arXiv 2510.04856; what that paper leaves open is a switch of `DistillationRecipe`.
///
/// - Parameters:
///   - labelSmoothing: see `crossEntropy(logits:labels:labelSmoothing:)`.
///   - studentLogits: `[N,K]` per exit, shallowest first.
///   - teacherLogits: `[N,K]` per teacher exit; may be nil with `ce` only.
///   - labels: int32 `[N]`
/// - Returns: a scalar.
/// - Throws: `ErdeError` of kind `usage` when the recipe does not fit the exits or needs a teacher that is not there.
package func multiExitLoss(
    recipe: DistillationRecipe, labelSmoothing: Double = 0, studentLogits: [Value], teacherLogits: [Value]?, labels: Value,
    in builder: inout GraphBuilder
) throws(ErdeError) -> Value {
    precondition(!studentLogits.isEmpty, "a loss without exits")
    let weights = recipe.exitWeights ?? [Double](repeating: 1, count: studentLogits.count)
    guard weights.count == studentLogits.count else {
        throw ErdeError(
            .usage, "exitWeights", "expected \(studentLogits.count) weights, one per exit, found \(weights.count)",
            remedy: "give one weight per exit or none")
    }
    let teacher: MultiExitTeacher?
    switch recipe.method {
    case .ce:
        teacher = nil
    case .kd, .erde:
        guard let teacherLogits, !teacherLogits.isEmpty else {
            throw ErdeError(
                .usage, "method", "\(recipe.method.rawValue) learns from a teacher, and there is none",
                remedy: "give a teacher or choose ce")
        }
        teacher = MultiExitTeacher(recipe: recipe, logits: teacherLogits, studentExits: studentLogits.count, labels: labels)
    }

    var total: Value?
    for (exit, logits) in studentLogits.enumerated() {
        let mean = try builder.scoped("loss_exit\(exit + 1)") { (builder: inout GraphBuilder) throws(ErdeError) -> Value in
            let perImage = try exitLoss(
                recipe, labelSmoothing: labelSmoothing, logits: logits, labels: labels, exit: exit, teacher: teacher,
                in: &builder)
            return try builder.apply(.reduceMean(Reduction(axes: [0])), perImage, name: "mean")
        }
        let weighted = weights[exit] == 1 ? mean : try builder.apply(.affine(scale: weights[exit], offset: 0), mean)
        if let sum = total { total = try builder.apply(.add, sum, weighted) } else { total = weighted }
    }
    return total!
}

/// The terms of one exit, per image: `[N]`.
private func exitLoss(
    _ recipe: DistillationRecipe, labelSmoothing: Double, logits: Value, labels: Value, exit: Int,
    teacher: MultiExitTeacher?, in builder: inout GraphBuilder
) throws(ErdeError) -> Value {
    var sum = try builder.crossEntropy(logits: logits, labels: labels, labelSmoothing: labelSmoothing)
    let wrong = try teacher?.wrong(forStudentExit: exit, in: &builder)
    let right = try wrong.map { (value) throws(ErdeError) in try builder.complement(value) }
    if let right, !recipe.keepsCrossEntropyWhereWrong { sum = try builder.apply(.multiply, sum, right) }
    if recipe.alpha != 1 { sum = try builder.apply(.affine(scale: recipe.alpha, offset: 0), sum) }
    guard let teacher else { return sum }
    if recipe.beta != 0 {
        var term = try builder.distillation(
            studentLogits: logits, teacherLogits: teacher.logits(forStudentExit: exit), temperature: recipe.temperature)
        if let right, !recipe.keepsDistillationWhereWrong { term = try builder.apply(.multiply, term, right) }
        if recipe.beta != 1 { term = try builder.apply(.affine(scale: recipe.beta, offset: 0), term) }
        sum = try builder.apply(.add, sum, term)
    }
    if let wrong, recipe.gamma != 0 {
        let entropy = try builder.entropyRegularization(logits: logits, form: recipe.entropyForm)
        let term = try builder.apply(.multiply, entropy, wrong)
        sum = try builder.apply(.add, sum, try builder.apply(.affine(scale: recipe.gamma, offset: 0), term))
    }
    return sum
}
