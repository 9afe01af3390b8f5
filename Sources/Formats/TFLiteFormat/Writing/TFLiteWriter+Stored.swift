import Graphs
import Tensors

extension TFLiteWriter {
    /// What a stored value holds, in floats; a tensor of integers as what these stand for.
    func content(of value: Value) -> Tensor {
        switch graph.origin(of: value) {
        case .variable: return stored(value)
        case .constant: return graph.constants[value]!
        case .input, .node:
            guard let node = graph.producer(of: value), case .dequantize(let quantization) = node.op else {
                preconditionFailure("\(graph.name(of: value)) is not stored")
            }
            let integers = content(of: node.inputs[0])
            let size = integers.shape.count / quantization.scales.count
            return Tensor(
                integers.shape,
                integers.scalars.enumerated().map { index, integer in
                    integer * quantization.scales[quantization.isPerChannel ? index / size : 0]
                })
        }
    }

    private func stored(_ variable: Value) -> Tensor {
        guard let tensor = parameters[graph.name(of: variable)] else {
            preconditionFailure("\(graph.name(of: variable)) has no content")
        }
        return tensor
    }

    /// A stored operand of elementwise operators, with as many axes as the result.
    mutating func operand(stored value: Value, rank: Int, _ order: AxisOrder) -> Int {
        let tensor = content(of: value)
        let name = graph.name(of: value)
        if tensor.shape.count == 1 { return floats(tensor.floats, name, shape: []) }
        let extents = [Int](repeating: 1, count: rank - tensor.shape.rank) + tensor.shape.dimensions
        let permuted = tensor.reshaped(Shape(extents)).permuted(order.axes(rank: rank))
        return floats(permuted.floats, name, shape: permuted.shape.dimensions)
    }
}

extension Tensor {
    /// The elements with the axes in another order: axis `i` of the result is axis `axes[i]` of this one.
    func permuted(_ axes: [Int]) -> Tensor {
        guard axes != Array(axes.indices) else { return self }
        let steps = axes.map { shape.strides[$0] }
        let result = Shape(axes.map { shape[$0] })
        var places: [Int] = []
        places.reserveCapacity(shape.count)
        var index = [Int](repeating: 0, count: axes.count)
        var place = 0
        for _ in 0..<shape.count {
            places.append(place)
            var axis = axes.count - 1
            while axis >= 0 {
                index[axis] += 1
                place += steps[axis]
                if index[axis] < result[axis] { break }
                place -= steps[axis] * result[axis]
                index[axis] = 0
                axis -= 1
            }
        }
        switch storage {
        case .float32(let scalars): return Tensor(result, places.map { scalars[$0] })
        case .int32(let scalars): return Tensor(result, places.map { scalars[$0] })
        case .int8(let scalars): return Tensor(result, int8: places.map { scalars[$0] })
        case .uint8(let scalars): return Tensor(result, uint8: places.map { scalars[$0] })
        }
    }
}
