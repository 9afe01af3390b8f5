package import Artifacts

extension DistillationRecipe {
    /// The teacher exits whose mistakes are what a student exit is to be unsure of; none where it has no entropy term. All
    /// exits are counted from 0.
    package func judgingExits(ofStudentExit exit: Int, studentExits: Int, teacherExits: Int) -> [Int] {
        guard method.isEntropyRegularized, exit < studentExits - 1 || entropyAtLastExit else { return [] }
        let taught = teacherExit.index(studentExit: exit, studentExits: studentExits, teacherExits: teacherExits)
        return switch wrongRule {
        case .perExit: [taught]
        case .final: [teacherExits - 1]
        case .either: [taught, teacherExits - 1]
        }
    }

    /// The same of all student exits, in ascending order.
    package func judgingExits(studentExits: Int, teacherExits: Int) -> [Int] {
        Set(
            (0..<studentExits).flatMap {
                judgingExits(ofStudentExit: $0, studentExits: studentExits, teacherExits: teacherExits)
            }
        ).sorted()
    }
}
