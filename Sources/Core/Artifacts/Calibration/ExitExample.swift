/// A test image that shows what the gates do: one that leaves early, or one that nobody lets go.
package struct ExitExample: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Among the surest that leave at the first exit.
        case early
        /// Among the least sure that go to the last exit.
        case late
    }

    package var kind: Kind
    /// Position in the test split.
    package var index: Int
    package var label: Int
    package var answer: Int
    /// Where it left, counted from 1.
    package var exit: Int
    /// Its score at the first exit; small means sure.
    package var firstScore: Double
    /// The image as a PNG file in base 64, for the report's page.
    package var pngBase64: String?

    package init(kind: Kind, index: Int, label: Int, answer: Int, exit: Int, firstScore: Double, pngBase64: String? = nil) {
        self.kind = kind
        self.index = index
        self.label = label
        self.answer = answer
        self.exit = exit
        self.firstScore = firstScore
        self.pngBase64 = pngBase64
    }
}
