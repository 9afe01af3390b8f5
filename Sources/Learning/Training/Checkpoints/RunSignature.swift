import Artifacts
import Diagnostics
import Execution
import Graphs
import Tensors

/// What a run must have in common with the one that it continues.
struct RunSignature: Hashable, Sendable, Codable {
    var training: TrainingRecipe
    var distillation: DistillationRecipe
    var datasetFingerprint: String
    /// Hash of the network's layers and variables.
    var network: String
    /// Hash of the weights that it begins with.
    var start: String
    /// Hash of the teacher's weights; nil without a teacher.
    var teacher: String?
    /// Hash of the out-of-fold predictions; nil where none are used.
    var folds: String?
    var engine: String
    var precision: Precision
    /// Threads of the engine, on which the order of sums depends; nil in checkpoints that do not say.
    var threads: Int?

    /// What `other` has different, in words; nil if nothing.
    func difference(from other: RunSignature) throws(ErdeError) -> String? {
        if network != other.network { return "another network architecture" }
        if datasetFingerprint != other.datasetFingerprint {
            return "another dataset (fingerprint \(datasetFingerprint), now \(other.datasetFingerprint))"
        }
        if start != other.start { return "other weights to begin with" }
        if teacher != other.teacher { return "another teacher" }
        if folds != other.folds { return "other out-of-fold predictions" }
        if engine != other.engine { return "the engine \(engine), now \(other.engine)" }
        if precision != other.precision { return "the precision \(precision.rawValue), now \(other.precision.rawValue)" }
        guard training != other.training || distillation != other.distillation else { return nil }
        let mine = try training.lines() + distillation.lines()
        let others = try other.training.lines() + other.distillation.lines()
        return "another recipe (\(recipeChanges(from: mine, to: others)))"
    }

    /// A warning when `other` may go on from here but not to the same bits; nil when it does.
    func warning(beforeGoingOnAs other: RunSignature) -> String? {
        guard let threads, let now = other.threads, threads != now else { return nil }
        return "the checkpoint was made with --threads \(threads), now \(now): the weights may differ in their last bits from "
            + "those of a run that never stopped"
    }
}

extension Graph {
    /// Hash of operators, shapes and variable names.
    var signature: String {
        var hash = StableHash()
        for variable in variables { hash.combine("\(name(of: variable.value)) \(shape(of: variable.value)) \(variable.role)") }
        for node in nodes { hash.combine("\(node.op) \(node.inputs.map(\.id))") }
        for output in outputs { hash.combine("\(output.name) \(output.value.id)") }
        for (value, tensor) in constants.sorted(by: { $0.key.id < $1.key.id }) {
            hash.combine(name(of: value))
            tensor.withUnsafeBytes { hash.combine($0) }
        }
        return hash.text
    }
}

extension Parameters {
    /// Hash of all names and contents.
    package var signature: String {
        var hash = StableHash()
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            hash.combine(name)
            tensor.withUnsafeBytes { hash.combine($0) }
        }
        return hash.text
    }
}

extension FoldPredictions {
    /// Hash of all logits.
    package var signature: String {
        var hash = StableHash()
        for exit in logits { exit.withUnsafeBytes { hash.combine($0) } }
        return hash.text
    }
}
