import FoundationEssentials
package import Tensors

/// How far a computed number may be from the expected one, and why so far.
///
/// An element passes when `|actual − expected| ≤ absolute + relative·|expected|`. A NaN or an infinity passes only where
/// the same is expected.
package struct Tolerance: Hashable, Sendable {
    package var absolute: Double
    package var relative: Double
    /// Where the differences come from; it is part of every failure's message.
    package var reason: String

    package init(absolute: Double, relative: Double, reason: String) {
        self.absolute = absolute
        self.relative = relative
        self.reason = reason
    }

    /// No difference at all.
    package static let exact = Tolerance(absolute: 0, relative: 0, reason: "equal to the last bit")

    /// What is wrong with `actual`, nil if nothing is.
    ///
    /// - Parameter shape: tells positions in messages apart by axis; positions are plain indices without it.
    package func mismatch(actual: [Double], expected: [Double], shape: Shape? = nil) -> Mismatch? {
        guard actual.count == expected.count else {
            return Mismatch(summary: "\(actual.count) elements, expected \(expected.count)")
        }
        let wrong = actual.indices.filter { !accepts(actual[$0], expected[$0]) }
        guard !wrong.isEmpty else { return nil }
        let worst = wrong.map { abs(actual[$0] - expected[$0]) }.max()!
        return Mismatch(
            summary: "\(wrong.count) of \(actual.count) elements differ by more than \(absolute) + \(relative)·|expected| "
                + "(\(reason)); the largest difference is \(worst)",
            details: wrong.prefix(5).map { index in
                describe(actual[index], expected[index], at: shape.map { position(index, $0) } ?? "[\(index)]")
            })
    }

    /// What is wrong with `actual`, nil if nothing is; another shape or element type is wrong.
    package func mismatch(actual: Tensor, expected: Tensor) -> Mismatch? {
        guard actual.type == expected.type else {
            return Mismatch(summary: "\(actual.type), expected \(expected.type)")
        }
        return mismatch(actual: actual.doubles, expected: expected.doubles, shape: expected.shape)
    }

    private func accepts(_ actual: Double, _ expected: Double) -> Bool {
        guard actual.isFinite && expected.isFinite else {
            return actual == expected || actual.isNaN && expected.isNaN
        }
        return abs(actual - expected) <= absolute + relative * abs(expected)
    }

    private func describe(_ actual: Double, _ expected: Double, at position: String) -> String {
        let difference = abs(actual - expected)
        return "\(position): actual \(actual), expected \(expected), difference \(difference) (limit \(absolute)), "
            + "relative \(difference / abs(expected)) (limit \(relative))"
    }

    private func position(_ index: Int, _ shape: Shape) -> String {
        Shape(zip(shape.dimensions, shape.strides).map { index / $1 % $0 }).description
    }
}
