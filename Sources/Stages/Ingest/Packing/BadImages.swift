import Artifacts
import Diagnostics
import Images

/// The images that cannot be used, and what is to be done about them.
struct BadImages {
    private let source: String
    private let root: String
    private let policy: IngestOptions.BadImagePolicy
    /// About each of the list, in its order.
    private var errors: [ErdeError] = []
    private(set) var list: [IngestReport.BadImage] = []

    /// - Parameters:
    ///   - source: what all images are from.
    ///   - root: the folder or the archive at which their names begin.
    init(source: String, root: String, policy: IngestOptions.BadImagePolicy) {
        self.source = source
        self.root = root
        self.policy = policy
    }

    mutating func add(_ fault: ImageFault, name: String) {
        errors.append(fault.error)
        list.append(IngestReport.BadImage(path: name, reason: fault.error.problem, kind: fault.kind))
    }

    /// An image that is known to be unusable before it is read.
    mutating func add(_ image: IngestReport.BadImage) {
        let path = image.path.hasPrefix("/") ? image.path : ImageFileFinder.join(root, image.path)
        errors.append(ErdeError(.badData, path, image.reason))
        list.append(image)
    }

    /// - Throws: when there are bad images and the policy is `fail`: an error that names them all by their whole paths.
    func check() throws(ErdeError) { try check(policy) }

    /// The same under another policy.
    func check(_ policy: IngestOptions.BadImagePolicy) throws(ErdeError) {
        guard policy == .fail, let first = errors.first else { return }
        if errors.count == 1 {
            throw ErdeError(
                first.kind, first.subject, first.problem,
                remedy: "repair or remove it, or have bad images skipped (`--on-bad-image skip`)")
        }
        throw ErdeError(
            errors.contains { $0.kind == .badData } ? .badData : first.kind, source, "\(errors.count) images cannot be used",
            remedy: "repair or remove them, or have bad images skipped (`--on-bad-image skip`)",
            details: errors.map { "\($0.subject): \($0.problem)" }.sorted())
    }
}
