package import Artifacts

/// The names of images that were answered before, with how often each was.
///
/// Of each name 128 bits are kept, so that memory stays small and no two names are taken for each other.
package struct AnsweredNames: Sendable {
    private struct Print: Hashable, Sendable {
        let first: Int
        let second: Int

        init(_ name: FileName) {
            var (one, other) = (Hasher(), Hasher())
            one.combine(name)
            other.combine(1)
            other.combine(name)
            first = one.finalize()
            second = other.finalize()
        }
    }

    private var counts: [Print: UInt32] = [:]

    package init() {}

    /// Notes an answer.
    package mutating func insert(_ name: FileName) { counts[Print(name), default: 0] += 1 }

    /// Whether the name was answered more often than it was taken; takes it once.
    package mutating func take(_ name: FileName) -> Bool {
        if counts.isEmpty { return false }
        let print = Print(name)
        guard let count = counts[print] else { return false }
        counts[print] = count == 1 ? nil : count - 1
        return true
    }

    /// Whether the name was answered and not taken.
    package func contains(_ name: FileName) -> Bool { counts[Print(name)] != nil }
}
