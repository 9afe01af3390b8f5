/// How far a runtime's answers may be from erde's before it counts as disagreeing.
package struct ParityTolerance: Hashable, Sendable, Codable {
    /// A difference of logits, as a share of erde's largest absolute logit.
    package var logits: Double
    /// Images that may get another class, as a share of all; nil where the logits alone decide.
    package var classes: Double?

    /// Sums of float32 in another order differ by far less; a wrong operator, attribute or layout by far more.
    package static let float32 = ParityTolerance(logits: 1e-4)

    /// A value near the middle of two steps may be rounded to either, and the layers behind carry that on; a wrong scale changes
    /// most answers.
    package static let int8 = ParityTolerance(logits: 0.1, classes: 0.01)

    /// As `int8`, in a format that rounds elsewhere than erde: TFLite's between a convolution and the addition behind it, ncnn's
    /// to steps of which there is one fewer.
    package static let int8RoundedElsewhere = ParityTolerance(logits: 0.1, classes: 0.05)

    package init(logits: Double, classes: Double? = nil) {
        self.logits = logits
        self.classes = classes
    }

    /// Whether a difference over so many images is within all bounds; leaving elsewhere must be explained by rounding.
    package func accepts(_ difference: ParityDifference, images: Int) -> Bool {
        difference.largestShare <= logits
            && Double(difference.otherClasses) <= (classes ?? 1) * Double(images)
            && (difference.otherExits ?? 0) == (difference.otherExitsNearThreshold ?? 0)
    }
}
