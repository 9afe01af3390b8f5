/// What one step of a pruning removes.
package struct PruningStep: Hashable, Sendable {
    /// Counted from 1.
    package var step: Int
    package var steps: Int
    package var macsBefore: Int
    package var macsAfter: Int
    package var parametersBefore: Int
    package var parametersAfter: Int
    /// Passes over the training images that follow; 0 without images.
    package var epochs: Int
}
