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
        let softening = Op.affine(scale: 1 / temperature, offset: 0)
        let student = try apply(.logSoftmax, try apply(softening, studentLogits))
        let teacher = try apply(.logSoftmax, try apply(softening, try apply(.stopGradient, teacherLogits)))
        let difference = try apply(.subtract, teacher, student)
        let divergence = try apply(
            .reduceSum(Reduction(axes: [1])), try apply(.multiply, try apply(.exp, teacher), difference))
        return try apply(.affine(scale: temperature * temperature, offset: 0), divergence)
    }
}
