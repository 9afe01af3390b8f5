import Artifacts
import Diagnostics
import Images

/// The images that cannot be used, and what is to be done about them.
struct BadImages {
    private let policy: IngestOptions.BadImagePolicy
    private var first: ErdeError?
    private(set) var list: [IngestReport.BadImage] = []

    init(policy: IngestOptions.BadImagePolicy) { self.policy = policy }

    mutating func add(_ fault: ImageFault, name: String) {
        if first == nil { first = fault.error }
        list.append(IngestReport.BadImage(path: name, reason: fault.error.problem, kind: fault.kind))
    }

    /// - Parameter subject: what the error is about if this one is the first.
    mutating func add(_ image: IngestReport.BadImage, subject: String) {
        if first == nil { first = ErdeError(.badData, subject, image.reason) }
        list.append(image)
    }

    /// Bad images that an error names.
    private static let namedCount = 20

    /// - Throws: when there are bad images and the policy is `fail`: an error that names them, and counts those that are too many.
    func check() throws(ErdeError) {
        guard policy == .fail, let first else { return }
        let named = list.dropFirst().prefix(Self.namedCount - 1).map { "; \($0.path): \($0.reason)" }.joined()
        let others = list.count - Self.namedCount
        throw ErdeError(
            first.kind, first.subject,
            first.problem + named + (others <= 0 ? "" : others == 1 ? "; and 1 more" : "; and \(others) more"),
            remedy: "repair or remove it, or have bad images skipped (`--on-bad-image skip`)")
    }
}
