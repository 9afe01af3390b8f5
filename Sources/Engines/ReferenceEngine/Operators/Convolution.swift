import Graphs
import Tensors

// A convolution is bilinear: the output is a sum of products x·weight, one product for each place that a kernel element
// ("tap") meets an input element. The two gradients are sums over the same meetings.

/// Calls `body` with the row-major positions in `x` `[N,C,H,W]`, `weight` `[O,C/groups,h,w]` and `y` `[N,O,H',W']` of each
/// product that a convolution sums. Products with padding are left out: they are zero.
private func forEachProduct(
    x: Shape, weight: Shape, y: Shape, _ attributes: ConvolutionAttributes,
    _ body: (_ xIndex: Int, _ weightIndex: Int, _ yIndex: Int) -> Void
) {
    let outputsPerGroup = weight[0] / attributes.groups
    for image in 0..<y[0] {
        for output in 0..<y[1] {
            let group = output / outputsPerGroup
            for row in 0..<y[2] {
                for column in 0..<y[3] {
                    let yIndex = ((image * y[1] + output) * y[2] + row) * y[3] + column
                    for tapChannel in 0..<weight[1] {
                        let channel = group * weight[1] + tapChannel
                        for tapRow in 0..<weight[2] {
                            let xRow =
                                row * attributes.strides.height + tapRow * attributes.dilations.height - attributes.padding.top
                            guard 0..<x[2] ~= xRow else { continue }
                            for tapColumn in 0..<weight[3] {
                                let xColumn =
                                    column * attributes.strides.width + tapColumn * attributes.dilations.width
                                    - attributes.padding.left
                                guard 0..<x[3] ~= xColumn else { continue }
                                let xIndex = ((image * x[1] + channel) * x[2] + xRow) * x[3] + xColumn
                                let weightIndex =
                                    ((output * weight[1] + tapChannel) * weight[2] + tapRow) * weight[3] + tapColumn
                                body(xIndex, weightIndex, yIndex)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `y[n,o,i,j] = bias[o] + Σ x[n,c,i·s+h·d−p, j·s+w·d−p]·weight[o,c,h,w]`
func convolution(
    _ x: DoubleTensor, weight: DoubleTensor, bias: DoubleTensor?, _ attributes: ConvolutionAttributes, shape: Shape
) -> DoubleTensor {
    var y = DoubleTensor(zeros: shape)
    forEachProduct(x: x.shape, weight: weight.shape, y: shape, attributes) { xIndex, weightIndex, yIndex in
        y[yIndex] += x[xIndex] * weight[weightIndex]
    }
    if let bias {
        let plane = shape[2] * shape[3]
        for index in y.elements.indices { y[index] += bias[index / plane % shape[1]] }
    }
    return y
}

/// `dx = Σ dy·weight`
func convolutionDataGradient(
    _ dy: DoubleTensor, weight: DoubleTensor, _ attributes: ConvolutionAttributes, shape: Shape
) -> DoubleTensor {
    var dx = DoubleTensor(zeros: shape)
    forEachProduct(x: shape, weight: weight.shape, y: dy.shape, attributes) { xIndex, weightIndex, yIndex in
        dx[xIndex] += dy[yIndex] * weight[weightIndex]
    }
    return dx
}

/// `dweight = Σ dy·x`
func convolutionWeightGradient(
    _ dy: DoubleTensor, x: DoubleTensor, _ attributes: ConvolutionAttributes, shape: Shape
) -> DoubleTensor {
    var dweight = DoubleTensor(zeros: shape)
    forEachProduct(x: x.shape, weight: shape, y: dy.shape, attributes) { xIndex, weightIndex, yIndex in
        dweight[weightIndex] += dy[yIndex] * x[xIndex]
    }
    return dweight
}
