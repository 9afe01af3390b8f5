/// Batch normalisation with running statistics as a slope and a shift of each channel: `s = scale/√(variance + ε)`,
/// `bias − mean·s`.
struct ChannelAffine {
    let slopes: [Double]
    let shifts: [Double]

    /// - Parameter tensors: scale, bias, mean and variance, `[C]` each.
    init(_ tensors: [[Double]], epsilon: Double) {
        slopes = zip(tensors[0], tensors[3]).map { $0 / ($1 + epsilon).squareRoot() }
        shifts = zip(slopes, zip(tensors[1], tensors[2])).map { $1.0 - $1.1 * $0 }
    }
}
