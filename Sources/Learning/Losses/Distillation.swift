package import Diagnostics
package import Graphs
import Tensors

extension GraphBuilder {
    /// Divergence of the student from the teacher at a temperature, one value per image (Hinton et al., 2015).
    ///
    ///     T² · KL( softmax(a/T) ‖ softmax(z/T) )
    ///
    /// The factor T² keeps the size of the gradient, which with respect to the student's logits is
    /// `T·(softmax(z/T) − softmax(a/T))`. None enters the teacher.
    ///
    /// - Parameters:
    ///   - studentLogits: `z [N,K]`
    ///   - teacherLogits: `a [N,K]`
    ///   - temperature: `T`, greater than 0.
    /// - Returns: `[N]`, in nats times T².
    package mutating func distillation(
        studentLogits: Value, teacherLogits: Value, temperature: Double
    ) throws(ErdeError) -> Value {
        let student = try logProbabilities(studentLogits, temperature: temperature)
        let teacher = try logProbabilities(try apply(.stopGradient, teacherLogits), temperature: temperature)
        let divergence = try self.divergence(ofLogProbabilities: teacher, from: student)
        return try apply(.affine(scale: temperature * temperature, offset: 0), divergence)
    }

    /// `log softmax(z/T)` of `[N,K]`.
    mutating func logProbabilities(_ logits: Value, temperature: Double) throws(ErdeError) -> Value {
        let softened = temperature == 1 ? logits : try apply(.affine(scale: 1 / temperature, offset: 0), logits)
        return try apply(.logSoftmax, softened)
    }

    /// `KL(p ‖ q) = Σ_c p_c (log p_c − log q_c)` of `log p` and `log q`, both `[N,K]`, one value per image.
    mutating func divergence(ofLogProbabilities p: Value, from q: Value) throws(ErdeError) -> Value {
        let terms = try apply(.multiply, try apply(.exp, p), try apply(.subtract, p, q))
        return try apply(.reduceSum(Reduction(axes: [1])), terms)
    }
}
