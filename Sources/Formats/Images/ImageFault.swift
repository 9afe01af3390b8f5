package import Artifacts
package import Diagnostics

/// Why an image cannot be had.
package struct ImageFault: Error, Equatable, Sendable {
    /// Which of the kinds that make an image unusable.
    package let kind: FindingKind
    /// The same for the person at the terminal, with the image as its subject.
    package let error: ErdeError

    package init(_ kind: FindingKind, _ error: ErdeError) {
        precondition(kind.isUnusable, "an image of the finding \(kind) can be had")
        self.kind = kind
        self.error = error
    }
}

extension ImageFault {
    /// A fault and its error in one: of kind `notFound` where the file is not to be had, else of kind `badData`.
    init(_ kind: FindingKind, _ name: String, _ problem: String, remedy: String) {
        self.init(kind, ErdeError(kind == .unreadable ? .notFound : .badData, name, problem, remedy: remedy))
    }

    /// A file that is refused unread.
    static func tooManyBytes(_ count: Int, of name: String, limit: Int) -> ImageFault {
        ImageFault(.tooLarge, name, "\(count) bytes, more than \(limit)", remedy: "remove it or raise the limit")
    }
}

extension ImageFault: CustomStringConvertible {
    package var description: String { error.description }
}
