import Tensors

/// `a·b` of matrices, each transposed first on request.
func matMul(_ a: DoubleTensor, _ b: DoubleTensor, transposeLeft: Bool, transposeRight: Bool) -> DoubleTensor {
    let (rows, inner) = transposeLeft ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
    let columns = transposeRight ? b.shape[0] : b.shape[1]
    var product = DoubleTensor(zeros: [rows, columns])
    for row in 0..<rows {
        for column in 0..<columns {
            var sum = 0.0
            for k in 0..<inner {
                let left = transposeLeft ? a[k * rows + row] : a[row * inner + k]
                let right = transposeRight ? b[column * inner + k] : b[k * columns + column]
                sum += left * right
            }
            product[row * columns + column] = sum
        }
    }
    return product
}

/// `x·weightᵀ + bias`
func linear(_ x: DoubleTensor, weight: DoubleTensor, bias: DoubleTensor?) -> DoubleTensor {
    let product = matMul(x, weight, transposeLeft: false, transposeRight: true)
    guard let bias else { return product }
    return combine(product, bias, +)
}
