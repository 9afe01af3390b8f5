/// One `key=value` of a layer's line in an ncnn param file (Tencent/ncnn, "param and model file structure").
///
/// Whether a number is an integer or a float shows in its spelling alone, and ncnn reads it as no other than it looks.
enum NCNNParameter: Hashable {
    case integer(Int, Int)
    case float(Int, Double)
    case integers(Int, [Int])
    case floats(Int, [Double])

    /// The pair as it stands in the line. An array's key is −23300 less the key, and its length comes first.
    var text: String {
        switch self {
        case .integer(let key, let value): "\(key)=\(value)"
        case .float(let key, let value): "\(key)=\(NCNNParameter.text(Float(value)))"
        case .integers(let key, let values): array(key, values.map(String.init))
        case .floats(let key, let values): array(key, values.map { NCNNParameter.text(Float($0)) })
        }
    }

    private func array(_ key: Int, _ values: [String]) -> String {
        "\(-23300 - key)=" + ([String(values.count)] + values).joined(separator: ",")
    }

    /// A float as `d.ddde±dd` with all the digits that tell it from its neighbours.
    ///
    /// ncnn takes at most 15 characters, and the digits behind the point are one 32-bit integer to it: leading zeros there
    /// would push the others out.
    private static func text(_ value: Float) -> String {
        precondition(value.isFinite, "\(value) has no spelling in a param file")
        let parts = String(describing: value.magnitude).split(separator: "e")
        let point = parts[0].firstIndex(of: ".") ?? parts[0].endIndex
        let digits = parts[0].filter { $0 != "." }
        let significant = digits.drop { $0 == "0" }
        guard let first = significant.first else { return "0.0" }
        let exponent =
            parts[0].distance(from: parts[0].startIndex, to: point) - (digits.count - significant.count) - 1
            + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        var fraction = String(significant.dropFirst())
        while fraction.count > 1 && fraction.hasSuffix("0") { fraction.removeLast() }
        let sign = value < 0 ? "-" : ""
        return "\(sign)\(first).\(fraction.isEmpty ? "0" : fraction)" + (exponent == 0 ? "" : "e\(exponent)")
    }
}
