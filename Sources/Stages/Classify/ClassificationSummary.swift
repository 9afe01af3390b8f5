import Inference

/// What a classification run came to.
package struct ClassificationSummary: Hashable, Sendable {
    /// Images answered.
    package var answered = 0
    /// Files that could not be decoded, or of which the network makes no number.
    package var bad = 0
    /// Lists and archives that could not be read to their end.
    package var brokenOff = 0
    /// Images that left at each exit.
    package var leftAt: [Int]
    /// MACs of all answered images together.
    package var macs = 0.0

    init(exits: Int) { leftAt = [Int](repeating: 0, count: exits) }

    /// 0 when nothing was answered.
    package var meanMACs: Double { answered == 0 ? 0 : macs / Double(answered) }

    /// Share of the answered images that left at each exit, 0…1.
    package var exitShares: [Double] { leftAt.map { answered == 0 ? 0 : Double($0) / Double(answered) } }

    mutating func count(_ image: ClassifiedImage) {
        switch image.result {
        case .success(let answer):
            answered += 1
            leftAt[answer.exit] += 1
            macs += Double(answer.macs)
        case .failure:
            if image.isRest { brokenOff += 1 } else { bad += 1 }
        }
    }
}
