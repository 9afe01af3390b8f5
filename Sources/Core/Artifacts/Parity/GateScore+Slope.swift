import Glibc

extension GateScore {
    /// The most that the score can change when no logit changes by more than 1, for K classes.
    ///
    /// With logits z, `∂H/∂zᵢ = −pᵢ (ln pᵢ + H)`, whose absolute sum is the mean deviation of `−ln p` and so at most its standard
    /// deviation, which is at most `√(ln²(K−1) / 4 + 1)` (Reeb and Wolf, "Tight bound on relative entropy by entropy
    /// difference", 2015, on the variance of surprisal). `∂(1 − p)/∂z` sums to `2p(1 − p) ≤ 1/2`.
    package func largestSlope(classes: Int) -> Double {
        let spread = log(Double(max(2, classes)) - 1)
        let entropy = (spread * spread / 4 + 1).squareRoot()
        switch self {
        case .entropy: return entropy
        case .normalizedEntropy: return entropy / log(Double(max(2, classes)))
        case .oneMinusMaximum: return 0.5
        }
    }
}
