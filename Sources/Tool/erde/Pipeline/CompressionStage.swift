/// A link of the chain from the teacher to what is used in the end; each makes its model from the one before.
enum CompressionStage: Hashable {
    /// A student that learns from the teacher.
    case student
    /// The student with fewer channels.
    case pruned

    /// What its row in the report is called.
    var name: String {
        switch self {
        case .student: "student"
        case .pruned: "pruned"
        }
    }

    var fileName: String { "\(name).pb" }
}
