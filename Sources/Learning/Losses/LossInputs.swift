package import Graphs

/// What a multi-exit loss is made of, all values of one graph.
package struct LossInputs: Sendable {
    /// `[N,K]` per exit, shallowest first.
    package var studentLogits: [Value]
    /// `[N,K]` per teacher exit; nil without a teacher.
    package var teacherLogits: [Value]?
    /// `[N,K]` per teacher exit, by which right and wrong are told; nil goes by `teacherLogits`.
    package var judgeLogits: [Value]?
    package var targets: Targets
    /// How much of the self-distillation counts, a scalar 0…1; nil is 1.
    package var ramp: Value?

    package init(
        studentLogits: [Value], teacherLogits: [Value]?, judgeLogits: [Value]? = nil, targets: Targets, ramp: Value? = nil
    ) {
        self.studentLogits = studentLogits
        self.teacherLogits = teacherLogits
        self.judgeLogits = judgeLogits
        self.targets = targets
        self.ramp = ramp
    }
}
