import Graphs
import TestSupport
import Testing

/// One operator with operands on which every engine must agree with the reference engine.
struct ConformanceCase: Sendable {
    /// What is awkward about it.
    let name: String
    let op: Op
    let operands: [OperatorGraph.Operand]
    var tolerance = Tolerance.exact
    /// Whether the operator is smooth near these operands, so that finite differences give its gradient.
    var isSmooth = true

    static let all =
        convolutions + products + normalisations + pools + elementwise + binaries + rows + reductions + channels
        + planes + quantizations + learning
}

extension ConformanceCase: CustomTestStringConvertible {
    var testDescription: String { "\(op.name), \(name)" }
}

extension Tolerance {
    /// For sums, quotients and roots in float32.
    static let float32 = Tolerance(
        absolute: 2e-6, relative: 1e-5, reason: "float32 against double: a few roundings of 6e-8, sums of tens of elements")
    /// For convolutions that may go through F(4x4, 3x3), whose transforms have coefficients up to 8 and of 1/24.
    static let minimalFiltering = Tolerance(
        absolute: 5e-4, relative: 1e-5,
        reason: "sums of hundreds of products up to 9, whose transforms lose about two digits of float32's seven")
    /// For vectorised exponentials and logarithms.
    static let transcendental = Tolerance(
        absolute: 1e-5, relative: 1e-5, reason: "polynomials in float32 for exponentials and logarithms")
}
