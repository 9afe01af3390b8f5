import Graphs
import Tensors

/// The nearest integers, held as doubles.
func quantize(_ x: DoubleTensor, _ quantization: Quantization) -> DoubleTensor {
    let size = x.sliceSize
    return DoubleTensor(x.shape, x.elements.indices.map { quantization.integer(for: x[$0], channel: $0 / size) })
}

/// Integer times scale.
func dequantize(_ x: DoubleTensor, _ quantization: Quantization) -> DoubleTensor {
    let size = x.sliceSize
    return DoubleTensor(
        x.shape,
        x.elements.indices.map { x[$0] * Double(quantization.scales[quantization.isPerChannel ? $0 / size : 0]) })
}

/// Each slice along axis 0 to `−limit…limit` steps of its largest magnitude divided by `limit`.
func fakeQuantizeChannels(_ x: DoubleTensor, limit: Int) -> DoubleTensor {
    var y = x
    let size = x.sliceSize
    for start in stride(from: 0, to: x.elements.count, by: size) {
        let slice = start..<start + size
        let step = Quantization.divisor(slice.reduce(0) { max($0, abs(x[$1])) } / Double(limit))
        for index in slice { y[index] = (x[index] / step).rounded(.toNearestOrEven) * step }
    }
    return y
}

extension DoubleTensor {
    /// Elements behind one index along axis 0.
    fileprivate var sliceSize: Int { max(1, shape.dimensions.dropFirst().reduce(1, *)) }
}
