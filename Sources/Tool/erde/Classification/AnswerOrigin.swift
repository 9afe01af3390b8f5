import Artifacts
import Diagnostics
import Execution
import FoundationEssentials
import Glibc
import ONNXFormat

/// What made the answers of a file. It is kept in a file beside them, since another model, another precision and other thresholds
/// give other answers in the same columns.
struct AnswerOrigin: Codable {
    /// The model's file, as it was named.
    var model: String
    /// SHA-256 of that file.
    var modelHash: String
    /// Never `auto`.
    var precision: Precision
    var policy: ExitPolicy
    /// The budget that the thresholds are stored for; nil for others.
    var budgetMACs: Double?
    /// Classes that are listed, most probable first; nil where nobody noted it.
    var topCount: Int?
    /// Whether the probabilities of all classes are listed; nil where nobody noted it.
    var showsAll: Bool?

    /// - Parameters:
    ///   - model: path of the model's file.
    ///   - lines: what is written of each answer.
    /// - Throws: `ErdeError` of kind `notFound` when the model cannot be read again.
    init(
        model: String, metadata: ModelMetadata, precision: Precision, policy: ExitPolicy, lines: AnswerLines
    ) throws(ErdeError) {
        self.model = model
        modelHash = try ModelFile.hash(path: model)
        self.precision = precision
        self.policy = policy
        budgetMACs = metadata.operatingPoints.last(where: { $0.policy == policy })?.budgetMACs
        topCount = lines.topCount
        showsAll = lines.showsAll
    }

    /// Checks that answers of an earlier run may stand in one file with this one's.
    ///
    /// - Parameter path: the file.
    /// - Throws: `ErdeError` of kind `badData` when something else made them.
    func check(against earlier: AnswerOrigin, of path: String) throws(ErdeError) {
        guard modelHash == earlier.modelHash else {
            throw ErdeError(
                .badData, path, "was written with another model: \(earlier.modelTitle), not \(modelTitle)",
                remedy: "resume with that one, or name another file")
        }
        guard precision == earlier.precision else {
            throw ErdeError(
                .badData, path, "was written in \(earlier.precision.rawValue), not in \(precision.rawValue)",
                remedy: "add --precision \(earlier.precision.rawValue), or name another file")
        }
        guard policy == earlier.policy else {
            throw ErdeError(
                .badData, path, "was written with \(earlier.policyTitle), not with \(policyTitle)",
                remedy: "give the same --budget or --theta, or name another file")
        }
        guard earlier.topCount == nil || topCount == earlier.topCount, earlier.showsAll == nil || showsAll == earlier.showsAll
        else {
            throw ErdeError(
                .badData, path, "was written with \(earlier.probabilitiesTitle), not with \(probabilitiesTitle)",
                remedy: "give the same --top-k and --all-probabilities, or name another file")
        }
    }

    private var probabilitiesTitle: String {
        "--top-k \(topCount ?? 1)" + (showsAll == true ? " and --all-probabilities" : "")
    }

    private var modelTitle: String { "\(model) (SHA-256 \(modelHash.prefix(12))…)" }

    private var policyTitle: String {
        if let budgetMACs { return "the thresholds for \(macsText(budgetMACs))" }
        if let theta = policy.thresholds.first, policy.thresholds.allSatisfy({ $0 == theta }) { return "--theta \(theta)" }
        return "the thresholds " + policy.thresholds.map { "\($0)" }.joined(separator: ", ")
    }
}

extension AnswerOrigin {
    private static func path(beside answers: String) -> String { answers + ".origin.json" }

    /// What is kept beside a file of answers; nil when nothing is that can be read.
    static func kept(beside answers: String) -> AnswerOrigin? {
        guard let bytes = try? InputFile.bytes(path(beside: answers)) else { return nil }
        return MetadataJSON.value(AnswerOrigin.self, in: bytes)
    }

    /// - Throws: `ErdeError` of kind `cannotWrite`.
    func keep(beside answers: String) throws(ErdeError) {
        let path = AnswerOrigin.path(beside: answers)
        try AtomicFile.write(Array(try MetadataJSON.text(self, of: path, formatting: .prettyPrinted).utf8), to: path)
    }

    /// Removes what is kept beside a file of answers.
    static func forget(beside answers: String) { unlink(path(beside: answers)) }

    /// Follows a file of answers that has got another name. Where that fails, a later run says that it knows of no origin.
    static func move(from old: String, to new: String) { rename(path(beside: old), path(beside: new)) }
}
