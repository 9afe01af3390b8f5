import Artifacts

// How the page writes numbers. The space before a unit is a narrow one that does not break.

private let unitSpace = "\u{202F}"

/// `92.31 %`
func percentText(_ share: Double, decimals: Int = 2) -> String { decimalText(share * 100, decimals: decimals) + unitSpace + "%" }

/// `92 %`, `8 %`: of shares that make up a whole.
func wholePercentTexts(_ shares: [Double]) -> [String] { wholePercents(of: shares).map { "\($0)" + unitSpace + "%" } }

/// `+0.42` or `−1.37`, in percentage points.
func pointsText(_ difference: Double) -> String {
    let text = decimalText(abs(difference) * 100, decimals: 2)
    return text == "0.00" ? "±0.00" : (difference < 0 ? "−" : "+") + text
}

/// `9.40 M`: MACs without the word.
func shortMACs(_ macs: Double) -> String {
    let units: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
    guard let unit = units.first(where: { macs >= $0.0 * 0.9995 }) else { return decimalText(macs, decimals: 0) }
    let value = macs / unit.0
    return decimalText(value, decimals: value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2) + unitSpace + unit.1
}

/// `193 kB`
func bytesText(_ bytes: Int) -> String {
    let value = Double(bytes)
    if value >= 1e9 { return decimalText(value / 1e9, decimals: 2) + unitSpace + "GB" }
    if value >= 1e6 { return decimalText(value / 1e6, decimals: 2) + unitSpace + "MB" }
    if value >= 1e3 { return decimalText(value / 1e3, decimals: 0) + unitSpace + "kB" }
    return "\(bytes)" + unitSpace + "B"
}

/// `0.82 ms`
func millisecondsText(_ milliseconds: Double) -> String {
    decimalText(milliseconds, decimals: milliseconds >= 10 ? 1 : milliseconds >= 1 ? 2 : 3) + unitSpace + "ms"
}

/// `13.2×`
func timesText(_ factor: Double) -> String { decimalText(factor, decimals: factor >= 9.95 ? 1 : 2) + "×" }

/// A position in a drawing, to a tenth.
func coordinateText(_ coordinate: Double) -> String {
    let text = decimalText(coordinate, decimals: 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
