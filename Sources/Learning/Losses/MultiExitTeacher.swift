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
        var wrong: Value?
        for judge in recipe.judgingExits(ofStudentExit: exit, studentExits: studentExits, teacherExits: judges.count) {
            let next = try builder.complement(try builder.correctness(logits: judges[judge], labels: labels))
            if let other = wrong { wrong = try builder.apply(.maximum, other, next) } else { wrong = next }
        }
        return wrong
    }
}
