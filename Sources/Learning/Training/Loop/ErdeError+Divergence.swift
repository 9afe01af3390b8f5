package import Diagnostics

extension ErdeError {
    /// What errors of a training are about.
    static let trainingSubject = "training"

    /// Whether a training ended because its loss or a weight is no finite number any more.
    package var isDivergence: Bool { kind == .usage && subject == ErdeError.trainingSubject }
}
