/// MACs for people, with three or four significant digits: `9.403 M MACs`, `124.0 M MACs`.
package func macsText(_ macs: Double) -> String {
    guard macs.isFinite else { return "\(macs) MACs" }
    let units: [(size: Double, letter: String)] = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")]
    // Just below a unit, four digits would read 1000.
    guard let unit = units.first(where: { abs(macs) >= $0.size * 0.99995 }) else {
        return "\(Int(macs.rounded())) MACs"
    }
    let value = macs / unit.size
    let decimals = abs(value) >= 99.995 ? 1 : abs(value) >= 9.9995 ? 2 : 3
    return decimalText(value, decimals: decimals) + unit.letter + " MACs"
}

/// MACs for people, rounded up, so that whoever asks for as many as it says asks for enough.
package func macsText(atLeast macs: Double) -> String {
    var step = 1.0
    while macs.isFinite && macs > 9999.5 * step { step *= 10 }
    return macsText((macs / step).rounded(.up) * step)
}

/// A number with a fixed count of decimals, rounded half away from zero: `0.50`.
package func decimalText(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let digits = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = value < 0 && scaled > 0 ? "-" : ""
    if decimals == 0 { return sign + padded }
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}
