/// How far a runtime's answers are from erde's.
package struct ParityDifference: Hashable, Sendable, Codable {
    /// Of any logit of any image.
    package var largest: Double
    /// `largest` as a share of erde's largest absolute logit.
    package var largestShare: Double
    /// Images that get another class, at any exit of the file.
    package var otherClasses: Int
    /// Images that leave at another exit; nil where none leaves early.
    package var otherExits: Int?
    /// Those of `otherExits` whose score was so near a threshold that the logits' difference explains it.
    package var otherExitsNearThreshold: Int?

    package init(
        largest: Double, largestShare: Double, otherClasses: Int, otherExits: Int? = nil,
        otherExitsNearThreshold: Int? = nil
    ) {
        self.largest = largest
        self.largestShare = largestShare
        self.otherClasses = otherClasses
        self.otherExits = otherExits
        self.otherExitsNearThreshold = otherExitsNearThreshold
    }
}
