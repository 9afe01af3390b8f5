import Tensors

/// The operands one behind the other along axis 1.
func concatenate(_ operands: [DoubleTensor], shape: Shape) -> DoubleTensor {
    var result: [Double] = []
    for image in 0..<shape[0] {
        for operand in operands {
            let size = operand.shape.dimensions.dropFirst().reduce(1, *)
            result += operand.elements[image * size..<(image + 1) * size]
        }
    }
    return DoubleTensor(shape, result)
}

/// As many channels as `shape` has, from `start` on.
func channelSlice(_ x: DoubleTensor, start: Int, shape: Shape) -> DoubleTensor {
    let area = shape.dimensions.dropFirst(2).reduce(1, *)
    let (all, kept) = (x.shape[1] * area, shape[1] * area)
    var result: [Double] = []
    for image in 0..<shape[0] {
        let first = image * all + start * area
        result += x.elements[first..<first + kept]
    }
    return DoubleTensor(shape, result)
}
