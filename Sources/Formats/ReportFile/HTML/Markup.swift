/// HTML or SVG text in which every interpolated string is escaped; only other markup goes in as it is.
struct Markup: ExpressibleByStringInterpolation {
    struct StringInterpolation: StringInterpolationProtocol {
        var text: String

        init(literalCapacity: Int, interpolationCount: Int) {
            text = ""
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ string: String) { text += Markup.escaped(string) }
        mutating func appendInterpolation(_ number: Int) { text += String(number) }
        mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
        mutating func appendInterpolation(_ parts: [Markup]) { for part in parts { text += part.text } }
        mutating func appendInterpolation(_ markup: Markup?) { text += markup?.text ?? "" }

        /// A coordinate: one decimal is finer than a pixel.
        mutating func appendInterpolation(_ coordinate: Double) { text += coordinateText(coordinate) }
    }

    private(set) var text: String

    init(stringLiteral literal: String) { text = literal }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    static func += (markup: inout Markup, other: Markup) { markup.text += other.text }

    /// The characters that mean something in HTML, in text and in quoted attributes, replaced; control characters dropped.
    static func escaped(_ string: String) -> String {
        var result = ""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            default: if scalar.value >= 32 && scalar.value != 127 { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }
}
