import Graphs
import Tensors

// Batch normalisation treats each channel of x [N,C,H,W] or [N,C] alone: x̂ = (x − mean) / √(variance + ε).

/// Positions in a tensor `[N,C,…]` of the elements of one channel.
private func positions(of channel: Int, in shape: Shape) -> [Int] {
    let plane = shape.dimensions.dropFirst(2).reduce(1, *)
    return (0..<shape[0]).flatMap { image in
        let start = (image * shape[1] + channel) * plane
        return start..<start + plane
    }
}

/// `y = scale·x̂ + bias`, with the statistics given.
func batchNormalization(
    _ x: DoubleTensor, scale: DoubleTensor, bias: DoubleTensor, mean: DoubleTensor, variance: DoubleTensor,
    _ attributes: BatchNormalizationAttributes
) -> DoubleTensor {
    var y = x
    for channel in 0..<x.shape[1] {
        let deviation = (variance[channel] + attributes.epsilon).squareRoot()
        for index in positions(of: channel, in: x.shape) {
            y[index] = scale[channel] * (x[index] - mean[channel]) / deviation + bias[channel]
        }
    }
    return y
}

/// `(y, mean, variance)`: the statistics are this batch's, the variance divided by the number of elements.
func batchNormalizationTraining(
    _ x: DoubleTensor, scale: DoubleTensor, bias: DoubleTensor, _ attributes: BatchNormalizationAttributes
) -> [DoubleTensor] {
    var mean = DoubleTensor(zeros: scale.shape)
    var variance = DoubleTensor(zeros: scale.shape)
    for channel in 0..<x.shape[1] {
        let elements = positions(of: channel, in: x.shape).map { x[$0] }
        mean[channel] = elements.reduce(0, +) / Double(elements.count)
        variance[channel] =
            elements.reduce(0) { $0 + ($1 - mean[channel]) * ($1 - mean[channel]) } / Double(elements.count)
    }
    return [batchNormalization(x, scale: scale, bias: bias, mean: mean, variance: variance, attributes), mean, variance]
}

/// `(dx, dscale, dbias)` where mean and variance depend on x themselves, over `m` elements a channel:
/// `dbias = Σ dy`, `dscale = Σ dy·x̂`, `dx = scale/√(variance + ε) · (dy − dbias/m − x̂·dscale/m)` (Ioffe and Szegedy, 2015).
func batchNormalizationGradient(
    _ dy: DoubleTensor, x: DoubleTensor, scale: DoubleTensor, mean: DoubleTensor, variance: DoubleTensor,
    _ attributes: BatchNormalizationAttributes
) -> [DoubleTensor] {
    var dx = DoubleTensor(zeros: x.shape)
    var dscale = DoubleTensor(zeros: scale.shape)
    var dbias = DoubleTensor(zeros: scale.shape)
    for channel in 0..<x.shape[1] {
        let deviation = (variance[channel] + attributes.epsilon).squareRoot()
        let indices = positions(of: channel, in: x.shape)
        for index in indices {
            dbias[channel] += dy[index]
            dscale[channel] += dy[index] * (x[index] - mean[channel]) / deviation
        }
        let count = Double(indices.count)
        for index in indices {
            let normalized = (x[index] - mean[channel]) / deviation
            dx[index] =
                scale[channel] / deviation * (dy[index] - dbias[channel] / count - normalized * dscale[channel] / count)
        }
    }
    return [dx, dscale, dbias]
}
