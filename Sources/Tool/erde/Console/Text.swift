import Artifacts

/// A share 0…1 as `93.25 %`.
func percentText(_ share: Double) -> String { decimalText(100 * share, decimals: 2) + " %" }

/// Shares 0…1 as `92.15 / 93.25 %`.
func percentText(_ shares: [Double]) -> String {
    shares.map { decimalText(100 * $0, decimals: 2) }.joined(separator: " / ") + " %"
}

/// Shares 0…1 as `92 / 8 %`.
func wholePercentText(_ shares: [Double]) -> String {
    wholePercents(of: shares).map { "\($0)" }.joined(separator: " / ") + " %"
}

/// Bytes as `1.4 MB`.
func bytesText(_ bytes: Int) -> String {
    if bytes < 1000 { return "\(bytes) B" }
    if bytes < 1_000_000 { return decimalText(Double(bytes) / 1e3, decimals: 1) + " kB" }
    return decimalText(Double(bytes) / 1e6, decimals: 1) + " MB"
}
