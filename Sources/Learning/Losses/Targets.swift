package import Diagnostics
package import Graphs
import Tensors

/// What the images of a batch are labelled with.
package struct Targets: Sendable {
    /// What a blended image has of another.
    package struct Blend: Sendable {
        /// Labels of the other images, int32 `[N]`.
        package let labels: Value
        /// How much of each image is the other one, `[N]`, 0…½.
        package let share: Value

        package init(labels: Value, share: Value) {
            self.labels = labels
            self.share = share
        }
    }

    /// Of what the image shows most, int32 `[N]`: right and wrong are judged by these alone.
    package let labels: Value
    /// Nil where images are not blended.
    package let blend: Blend?
    /// Share of the target spread over all classes (Szegedy et al., 2016), at least 0 and less than 1.
    package let smoothing: Double

    package init(labels: Value, blend: Blend? = nil, smoothing: Double = 0) {
        self.labels = labels
        self.blend = blend
        self.smoothing = smoothing
    }
}

extension GraphBuilder {
    /// The distribution over classes that a network is to answer.
    ///
    ///     q = (1 − ε) · ((1 − s) · onehot(y) + s · onehot(y')) + ε/K
    ///
    /// with smoothing `ε` and, for an image of which a share `s` is another one labelled `y'` (mixup, Zhang et al., 2018),
    /// both labels in the shares of their pixels.
    ///
    /// - Returns: `[N,K]`
    package mutating func distribution(_ targets: Targets, classes: Int) throws(ErdeError) -> Value {
        let oneHot = Op.oneHot(classes: classes)
        var distribution = try apply(oneHot, targets.labels)
        if let blend = targets.blend {
            let share = try apply(.reshape(trailing: [1]), blend.share)
            let own = try apply(.multiply, distribution, try complement(share))
            distribution = try apply(.add, own, try apply(.multiply, try apply(oneHot, blend.labels), share))
        }
        guard targets.smoothing > 0 else { return distribution }
        let even = targets.smoothing / Double(classes)
        return try apply(.affine(scale: 1 - targets.smoothing, offset: even), distribution)
    }
}
