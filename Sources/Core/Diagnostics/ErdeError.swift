/// Why something could not be done, in words for the person at the terminal.
///
/// Reads as one line, `subject: problem; remedy`, and a line below for each detail. Broken invariants of erde's own are not
/// errors but preconditions.
package struct ErdeError: Error, Equatable, Sendable {
    /// What kind of thing went wrong; it decides the program's exit status.
    package enum Kind: String, Sendable, CaseIterable {
        /// Wrong options or option values.
        case usage
        /// A file's or a dataset's content is not what it must be.
        case badData
        /// A named input does not exist or cannot be opened.
        case notFound
        /// A library or a device that is needed is missing or refuses.
        case unavailable
        /// An output cannot be written.
        case cannotWrite
        /// A runtime makes something else of an exported file than erde of the model.
        case disagreement
        /// The loss or a weight of a training is no finite number any more.
        case diverged
        /// Stopped after a checkpoint; the same command with `--resume` goes on.
        case interrupted
    }

    package let kind: Kind
    /// The file, option or layer that the error is about.
    package let subject: String
    /// What was expected and what was found.
    package let problem: String
    /// What to do about it.
    package let remedy: String?
    /// What has to be named one by one.
    package let details: [String]

    package init(_ kind: Kind, _ subject: String, _ problem: String, remedy: String? = nil, details: [String] = []) {
        self.kind = kind
        self.subject = subject
        self.problem = problem
        self.remedy = remedy
        self.details = details
    }
}

extension ErdeError: CustomStringConvertible {
    package var description: String {
        let line = "\(subject): \(problem)" + (remedy.map { "; \($0)" } ?? "")
        return details.isEmpty ? line : "\(line):" + details.map { "\n  \($0)" }.joined()
    }
}
