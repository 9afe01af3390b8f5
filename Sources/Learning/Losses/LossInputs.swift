package import Graphs

/// What a multi-exit loss is made of, all values of one graph.
package struct LossInputs: Sendable {
    /// `[N,K]` per exit, shallowest first.
    package var studentLogits: [Value]
    /// `[N,K]` per teacher exit; nil without a teacher.
    package var teacherLogits: [Value]?
    /// `[N,K]` per teacher exit, by which right and wrong are told; nil without a teacher.
    package var judgeLogits: [Value]?
    package var targets: Targets
    /// How much of the self-distillation counts, a scalar 0…1; nil is 1.
    package var ramp: Value?

    /// - Parameter foldLogits: `[N,K]` per exit, what teachers say that have not seen the images: they judge and, without a
    ///   teacher, take its place. None where there are none.
    package init(
        studentLogits: [Value], teacherLogits: [Value]?, foldLogits: [Value] = [], targets: Targets, ramp: Value? = nil
    ) {
        let judgeLogits = foldLogits.isEmpty ? teacherLogits : foldLogits
        self.studentLogits = studentLogits
        self.teacherLogits = teacherLogits ?? judgeLogits
        self.judgeLogits = judgeLogits
        self.targets = targets
        self.ramp = ramp
    }
}
