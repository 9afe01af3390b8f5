import Artifacts
import Diagnostics
import Graphs

/// A teacher's exits as a student's exits see them.
struct MultiExitTeacher {
    let recipe: DistillationRecipe
    /// `[N,K]` per teacher exit.
    let logits: [Value]
    /// `[N,K]` per teacher exit: whose answers are right or wrong.
    let judges: [Value]
    let studentExits: Int
    /// int32 `[N]`
    let labels: Value

    /// The logits that a student exit learns from.
    func logits(forStudentExit exit: Int) -> Value { logits[index(forStudentExit: exit)] }

    private func index(forStudentExit exit: Int) -> Int {
        recipe.teacherExit.index(studentExit: exit, studentExits: studentExits, teacherExits: logits.count)
    }

    /// 1 for every image that this student exit is to be unsure of, else 0: `[N]`; nil where there is no such image.
    func wrong(forStudentExit exit: Int, in builder: inout GraphBuilder) throws(ErdeError) -> Value? {
        guard recipe.method.isEntropyRegularized else { return nil }
        if exit == studentExits - 1, !recipe.entropyAtLastExit { return nil }
        let judged: [Value] =
            switch recipe.wrongRule {
            case .perExit: [judges[index(forStudentExit: exit)]]
            case .final: [judges[judges.count - 1]]
            case .either: [judges[index(forStudentExit: exit)], judges[judges.count - 1]]
            }
        var wrong: Value?
        for value in judged {
            let next = try builder.complement(try builder.correctness(logits: value, labels: labels))
            if let other = wrong { wrong = try builder.apply(.maximum, other, next) } else { wrong = next }
        }
        return wrong
    }
}
