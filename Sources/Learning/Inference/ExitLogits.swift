package import Artifacts

/// The logits of every exit for a list of images.
package struct ExitLogits: Sendable {
    /// Number of images, N.
    package let count: Int
    /// Number of classes, K.
    package let classes: Int
    /// Per exit, `[N, K]` row-major.
    package let logits: [[Float]]

    package init(count: Int, classes: Int, logits: [[Float]]) {
        precondition(
            logits.allSatisfy { $0.count == count * classes }, "\(logits.map(\.count)) logits for \(count) x \(classes)")
        self.count = count
        self.classes = classes
        self.logits = logits
    }

    package var exits: Int { logits.count }

    /// The logits of one image at one exit, both counted from 0.
    package func row(exit: Int, image: Int) -> ArraySlice<Float> {
        logits[exit][image * classes..<(image + 1) * classes]
    }

    /// The class with the largest logit, the first of equals.
    package func prediction(exit: Int, image: Int) -> Int32 {
        Int32(argMax(row(exit: exit, image: image)))
    }

    /// The exit, counted from 0, at which each image leaves.
    package func exits(under policy: ExitPolicy) -> [Int] {
        precondition(policy.thresholds.count == exits - 1, "\(policy.thresholds.count) thresholds for \(exits) exits")
        return (0..<count).map { image in policy.exit { policy.score.value(of: row(exit: $0, image: image)) } }
    }

    /// Share of images that an exit answers as labelled, 0…1.
    package func accuracy(exit: Int, labels: [Int32]) -> Double {
        precondition(labels.count == count, "\(labels.count) labels for \(count) images")
        guard count > 0 else { return 0 }
        let right = (0..<count).count { prediction(exit: exit, image: $0) == labels[$0] }
        return Double(right) / Double(count)
    }
}
