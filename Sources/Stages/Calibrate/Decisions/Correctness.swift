/// Which exit answers which image right: known where thresholds are fitted or judged, never where they are applied.
package struct Correctness: Sendable {
    /// By exit and image, `[n][N]`.
    package let isCorrect: [[Bool]]

    package init(_ isCorrect: [[Bool]]) {
        precondition(Set(isCorrect.map(\.count)).count == 1, "exits with \(isCorrect.map(\.count)) images")
        self.isCorrect = isCorrect
    }
}
