import ArgumentParser
import Artifacts

/// A method for `train`: help lists those without a teacher, and the others are read too, so that they are refused with a
/// reason.
struct SoloMethod: ExpressibleByArgument, Sendable {
    let method: DistillationRecipe.Method

    init?(argument: String) {
        guard let method = DistillationRecipe.Method(rawValue: argument) else { return nil }
        self.method = method
    }

    static var allValueStrings: [String] { DistillationRecipe.Method.withoutTeacher.map(\.rawValue) }
}
