/// Why a result is not what was expected: one line, then the first wrong elements.
package struct Mismatch: Hashable, Sendable, CustomStringConvertible {
    package var summary: String
    package var details: [String] = []

    package var description: String { ([summary] + details.map { "  " + $0 }).joined(separator: "\n") }
}
