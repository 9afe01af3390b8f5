import Diagnostics
import Glibc

/// The functions that are computed on constants, by ONNX's names.
enum ConstantArithmetic {
    struct Unary: Sendable {
        /// nil when integers become floats first.
        var integers: (@Sendable (Int64) -> Int64)?
        var floats: @Sendable (Float) -> Float
    }

    struct Binary: Sendable {
        /// Gives nil where there is no result; the whole is nil when integers become floats first.
        var integers: (@Sendable (Int64, Int64) -> Int64?)?
        var floats: @Sendable (Float, Float) -> Float
    }

    static let unary: [String: Unary] = [
        "Neg": Unary(integers: { 0 &- $0 }, floats: { -$0 }),
        "Abs": Unary(integers: { $0 < 0 ? 0 &- $0 : $0 }, floats: { $0.magnitude }),
        "Floor": Unary(integers: { $0 }, floats: { $0.rounded(.down) }),
        "Ceil": Unary(integers: { $0 }, floats: { $0.rounded(.up) }),
        "Not": Unary(integers: { $0 == 0 ? 1 : 0 }, floats: { $0 == 0 ? 1 : 0 }),
        "Sqrt": Unary(floats: { $0.squareRoot() }),
        "Reciprocal": Unary(floats: { 1 / $0 }),
        "Exp": Unary(floats: { exp($0) }),
        "Log": Unary(floats: { log($0) }),
    ]

    /// The function of a node with two operands or more; nil when it has none of these.
    static func function(of node: ForeignNode) throws(ErdeError) -> Binary? {
        if node.node.type == "Mod", try node.integer("fmod", default: 0) != 0 { return truncatedRemainder }
        return binary[node.node.type]
    }

    static let binary: [String: Binary] = [
        "Add": Binary(integers: { $0 &+ $1 }, floats: { $0 + $1 }),
        "Sub": Binary(integers: { $0 &- $1 }, floats: { $0 - $1 }),
        "Mul": Binary(integers: { $0 &* $1 }, floats: { $0 * $1 }),
        "Div": Binary(integers: { quotient($0, $1) }, floats: { $0 / $1 }),
        "Mod": Binary(integers: { remainder($0, $1) }, floats: { fmod($0, $1) }),
        "Pow": Binary(floats: { pow($0, $1) }),
        "Min": Binary(integers: { min($0, $1) }, floats: { smaller($0, $1) }),
        "Max": Binary(integers: { max($0, $1) }, floats: { larger($0, $1) }),
        "Equal": Binary(integers: { $0 == $1 ? 1 : 0 }, floats: { $0 == $1 ? 1 : 0 }),
        "Less": Binary(integers: { $0 < $1 ? 1 : 0 }, floats: { $0 < $1 ? 1 : 0 }),
        "Greater": Binary(integers: { $0 > $1 ? 1 : 0 }, floats: { $0 > $1 ? 1 : 0 }),
        "And": Binary(integers: { $0 != 0 && $1 != 0 ? 1 : 0 }, floats: { $0 != 0 && $1 != 0 ? 1 : 0 }),
        "Or": Binary(integers: { $0 != 0 || $1 != 0 ? 1 : 0 }, floats: { $0 != 0 || $1 != 0 ? 1 : 0 }),
    ]

    /// With the sign of the dividend, as C has it.
    private static let truncatedRemainder = Binary(
        integers: { $1 == 0 ? nil : $0.remainderReportingOverflow(dividingBy: $1).partialValue }, floats: { fmod($0, $1) })

    /// The larger of two numbers, or NaN where one of them is NaN.
    static func larger<Number: Comparable>(_ a: Number, _ b: Number) -> Number { a < b || b != b ? b : a }

    /// The smaller of two numbers, or NaN where one of them is NaN.
    static func smaller<Number: Comparable>(_ a: Number, _ b: Number) -> Number { b < a || b != b ? b : a }

    /// Towards zero, as ONNX divides integers.
    private static func quotient(_ a: Int64, _ b: Int64) -> Int64? {
        let result = a.dividedReportingOverflow(by: b)
        return result.overflow ? nil : result.partialValue
    }

    /// With the sign of the divisor, as Python has it.
    private static func remainder(_ a: Int64, _ b: Int64) -> Int64? {
        let result = a.remainderReportingOverflow(dividingBy: b)
        guard !result.overflow else { return b == 0 ? nil : 0 }
        let rest = result.partialValue
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    }
}
