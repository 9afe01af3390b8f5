/// What one run of a graph gives, in double precision throughout.
package struct Evaluation: Sendable {
    /// Elements of each output, row-major, by name.
    package let outputs: [String: [Double]]
    /// Elements of each variable that the graph updates, after the update, by the variable's name.
    package let updatedVariables: [String: [Double]]
}
