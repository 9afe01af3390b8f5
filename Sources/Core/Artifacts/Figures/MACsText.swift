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
