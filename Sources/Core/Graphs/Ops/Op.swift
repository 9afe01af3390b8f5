/// The operators of a graph. No attribute holds a batch size, so a graph can be rebuilt for any.
///
/// Shapes: images `[N, C, H, W]`, rows `[N, K]`. A switch that must know every operator has no `default:`, so that the
/// compiler lists the places that a new one touches.
package enum Op: Hashable, Sendable {
    // MARK: Convolutions and products

    /// `(x [N,C,H,W], weight [O,C/groups,h,w], bias [O]?) → [N,O,H',W']`, cross-correlation as in every framework.
    case convolution(ConvolutionAttributes)
    /// `(dy [N,O,H',W'], weight, x for its shape) → dx`
    case convolutionDataGradient(ConvolutionAttributes)
    /// `(dy [N,O,H',W'], x, weight for its shape) → dweight`
    case convolutionWeightGradient(ConvolutionAttributes)
    /// `(x [N,I], weight [O,I], bias [O]?) → x·weightᵀ + bias [N,O]`
    case linear
    /// `(a, b) → a·b` of matrices, each transposed first on request.
    case matMul(transposeLeft: Bool, transposeRight: Bool)

    // MARK: Normalisation

    /// `(x [N,C,H,W] or [N,C], scale [C], bias [C], mean [C], variance [C]) → y`, with running statistics.
    case batchNormalization(BatchNormalizationAttributes)
    /// `(x, scale [C], bias [C]) → (y, mean [C], variance [C])`, statistics of this batch, biased variance.
    case batchNormalizationTraining(BatchNormalizationAttributes)
    /// `(dy, x, scale [C], mean [C], variance [C]) → (dx, dscale [C], dbias [C])`, through the batch statistics.
    case batchNormalizationGradient(BatchNormalizationAttributes)
    /// `(running, batch) → (1 − momentum)·running + momentum·batch`
    case movingAverage(momentum: Double)

    // MARK: Pooling

    case maxPool(PoolAttributes)
    /// `(dy, x) → dx`; of equal maxima the first in row-major order takes the gradient.
    case maxPoolGradient(PoolAttributes)
    case averagePool(PoolAttributes)
    /// `(dy, x for its shape) → dx`
    case averagePoolGradient(PoolAttributes)
    /// `[N,C,H,W] → [N,C,1,1]`
    case globalAveragePool

    // MARK: Elementwise, one operand

    case relu
    /// `(dy, y) → dy where y > 0, else 0`
    case reluGradient
    /// `min(max(x, lower), upper)`
    case clip(lower: Double, upper: Double)
    /// `(dy, x) → dy where lower < x < upper, else 0`
    case clipGradient(lower: Double, upper: Double)
    /// `scale·x + offset`
    case affine(scale: Double, offset: Double)
    case exp
    /// The natural logarithm.
    case log
    case squareRoot
    /// `1 / (1 + exp(−x))`
    case sigmoid
    /// `min(max(slope·x + offset, 0), 1)`, with a positive slope.
    case hardSigmoid(slope: Double, offset: Double)
    /// The error function, `2/√π · ∫₀ˣ exp(−t²) dt`.
    case errorFunction
    /// Passes values on; gradients stop here.
    case stopGradient
    /// Marks where training drops activations; passes values on.
    case dropout(rate: Double)
    /// `(x, seed int32 [2]) → x·mask/(1 − rate)`. The mask depends on seed, salt and position alone (see `DropoutMask`).
    case randomDropout(rate: Double, salt: UInt32)

    // MARK: Elementwise, two operands, broadcast as NumPy does

    case add
    case subtract
    case multiply
    case divide
    case maximum
    /// `1 where a = b, else 0`, of integers or floats → float
    case equal
    /// `1 where a < b, else 0` → float
    case less

    // MARK: Rows, reductions, shape

    /// `[N,K] → [N,K]`, log of softmax over K.
    case logSoftmax
    /// `[N,K] → int32 [N]`, the first of equal maxima.
    case argMax
    /// `int32 [N] → [N,classes]`
    case oneHot(classes: Int)
    case reduceSum(Reduction)
    case reduceMean(Reduction)
    /// Any shape → scalar: the sum of the squares.
    case sumOfSquares
    /// `(x, like) → x` summed over the axes along which broadcasting would repeat it to give `x`'s shape from `like`'s.
    case sumTo
    /// `(x, like) → x` repeated to the shape of `like`.
    case broadcastTo
    /// `[N, …] → [N] + trailing`, the same elements in row-major order.
    case reshape(trailing: [Int])

    /// Axes in another order: axis `i` of the result is axis `permutation[i]` of the operand.
    case transpose(permutation: [Int])

    // MARK: Planes

    /// `[N,C,H,W] → [N,C,top+H+bottom,left+W+right]`, zeros around each plane.
    case pad(Padding)
    /// `[N,C,H,W] → [N,C,H−top−bottom,W−left−right]`: removes what `pad` adds, and carries its gradient back.
    case crop(Padding)

    // MARK: Channels

    /// `(a [N,A,…], b [N,B,…], …) → [N,A+B+…,…]`: two operands or more behind one another along axis 1.
    case concatenate
    /// `[N,C,…] → [N,count,…]`: the channels `start..<start + count`; carries a concatenation's gradient back.
    case channelSlice(start: Int, count: Int)

    // MARK: Quantization

    /// `float → integers of the quantization's type`: to the nearest step, ties to even; what lies outside saturates.
    case quantize(Quantization)
    /// `integers → float`: integer times scale.
    case dequantize(Quantization)
    /// `float → float`, `dequantize` of `quantize`; the gradient passes straight through where nothing saturates.
    case fakeQuantize(Quantization)
    /// `[O, …] → [O, …]`: each slice along axis 0 to `−limit…limit` steps of its largest magnitude divided by `limit`; the
    /// gradient passes straight through.
    case fakeQuantizeChannels(limit: Int)

    // MARK: Learning

    /// `(weight, gradient, velocity, learningRate scalar, gradientScale scalar) → (weight, velocity)`
    case momentumUpdate(MomentumAttributes)
}
