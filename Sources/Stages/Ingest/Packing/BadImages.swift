import Artifacts
import Diagnostics
import Images

/// The images that cannot be used, and what is to be done about them.
struct BadImages {
    private let policy: IngestOptions.BadImagePolicy
    private var first: ErdeError?
    private(set) var list: [IngestReport.BadImage] = []

    init(policy: IngestOptions.BadImagePolicy) { self.policy = policy }

    mutating func add(_ error: ErdeError, name: String) {
        if first == nil { first = error }
        list.append(IngestReport.BadImage(path: name, reason: error.problem, kind: BadImages.kind(of: error)))
    }

    /// - Parameter subject: what the error is about if this one is the first.
    mutating func add(_ image: IngestReport.BadImage, subject: String) {
        if first == nil { first = ErdeError(.badData, subject, image.reason) }
        list.append(image)
    }

    /// - Throws: when there are bad images and the policy is `fail`: an error about the first that counts the others.
    func check() throws(ErdeError) {
        guard policy == .fail, let first else { return }
        let others = list.count - 1
        throw ErdeError(
            first.kind, first.subject,
            first.problem + (others == 0 ? "" : others == 1 ? " (and 1 more bad image)" : " (and \(others) more bad images)"),
            remedy: "repair or remove it, or have bad images skipped (`--on-bad-image skip`)")
    }

    private static func kind(of error: ErdeError) -> FindingKind {
        if error.kind == .notFound { return .unreadable }
        if error.problem.hasPrefix("truncated") { return .truncated }
        if error.problem.hasSuffix("an empty file") { return .empty }
        if error.problem.hasPrefix("expected a PNG or JPEG image") { return .foreign }
        if error.remedy?.hasSuffix("raise the limit") == true { return .tooLarge }
        return .damaged
    }
}
