package import Graphs
package import Tensors

/// A loss in a graph, with what it learns for itself.
package struct LossValue: Sendable {
    /// A variable that belongs to the loss: trained with the network, without decay, and dropped afterwards.
    package struct OwnVariable: Sendable {
        package let value: Value
        /// What it holds before the first step.
        package let initial: Tensor
    }

    /// A scalar.
    package let value: Value
    /// The logits `[n,n]` of the weights with which exits make up ensembles; nil where none are learned.
    package let ensembleWeightLogits: OwnVariable?
}
