import Artifacts
import Diagnostics

/// An option of a loss as it stands on the command line, and the part of the loss that it sets.
struct LossOption {
    let name: String
    let isGiven: Bool
    let part: LossPart

    init<Value>(_ name: String, _ value: Value?, sets part: LossPart) {
        self.name = "--\(name)"
        self.part = part
        isGiven = value != nil
    }

    /// A flag, which is given as `--no-…` too.
    init(flag name: String, _ value: Bool?, sets part: LossPart) {
        self.init(value == false ? "no-\(name)" : name, value, sets: part)
    }

    /// Checks that the option, if it is given, has an effect on a loss.
    ///
    /// - Throws: `ErdeError` of kind `usage`.
    func requireEffect(on loss: DistillationRecipe) throws(ErdeError) {
        guard isGiven, let absence = part.absence(from: loss) else { return }
        throw ErdeError(
            .usage, name, "has no effect: \(absence.problem)", remedy: "\(absence.remedy), or leave this option out")
    }
}
