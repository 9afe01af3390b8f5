package import Artifacts

extension DistillationRecipe.TeacherExit {
    /// The teacher exit that a student exit learns from; both are counted from 0.
    ///
    /// `nearest` compares relative depths, `(i + 1) / n` with `(j + 1) / m`: with equal counts that is the same exit, and
    /// the last always learns from the last. Of two equally near exits the deeper one teaches.
    package func index(studentExit: Int, studentExits: Int, teacherExits: Int) -> Int {
        precondition(0..<studentExits ~= studentExit && teacherExits > 0, "exit \(studentExit) of \(studentExits)")
        switch self {
        case .final:
            return teacherExits - 1
        case .nearest:
            // Depths over the common denominator, so that ties are exact.
            func distance(_ exit: Int) -> Int { abs((studentExit + 1) * teacherExits - (exit + 1) * studentExits) }
            return (0..<teacherExits).reversed().min { distance($0) < distance($1) }!
        }
    }
}
