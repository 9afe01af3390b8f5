import Diagnostics
import Tensors

/// Checks one operator's operands and computes its result's type.
struct OperandCheck {
    let op: Op
    let operands: [TensorType]

    func require(_ condition: Bool, _ expected: @autoclosure () -> String) throws(ErdeError) {
        guard condition else {
            let found = operands.map(\.description).joined(separator: ", ")
            throw ErdeError(.badData, op.name, "\(op.name) expects \(expected()), found (\(found))")
        }
    }

    func count(_ expected: Int) throws(ErdeError) {
        try require(operands.count == expected, "\(expected) operands")
    }

    func rank(_ position: Int, _ expected: Int) throws(ErdeError) {
        try require(operands[position].shape.rank == expected, "rank \(expected) at operand \(position + 1)")
    }

    func float(_ position: Int) throws(ErdeError) {
        try require(
            position < operands.count && operands[position].dataType == .float32, "float32 at operand \(position + 1)")
    }

    /// Checks an optional last operand of shape `[channels]`.
    private func bias(at position: Int, channels: Int) throws(ErdeError) {
        try require(
            operands.count <= position || operands[position] == TensorType([channels]), "a bias of shape [\(channels)]")
    }

    func convolution(_ attributes: ConvolutionAttributes) throws(ErdeError) -> TensorType {
        try require(operands.count == 2 || operands.count == 3, "2 or 3 operands")
        for position in 0..<2 {
            try float(position)
            try rank(position, 4)
        }
        let (x, weight) = (operands[0].shape, operands[1].shape)
        try require(
            attributes.groups > 0 && weight[1] > 0 && x[1] == weight[1] * attributes.groups && weight[0] % attributes.groups == 0,
            "input channels equal to weight channels times \(attributes.groups) groups")
        try bias(at: 2, channels: weight[0])
        let plane = try windows(
            over: x, kernel: Extent(height: weight[2], width: weight[3]), strides: attributes.strides,
            padding: attributes.padding, dilations: attributes.dilations)
        return TensorType([x[0], weight[0], plane.height, plane.width])
    }

    func pool(_ attributes: PoolAttributes) throws(ErdeError) -> TensorType {
        try count(1)
        try float(0)
        try rank(0, 4)
        let x = operands[0].shape
        let plane = try windows(
            over: x, kernel: attributes.kernel, strides: attributes.strides, padding: attributes.padding,
            dilations: Extent(1))
        return TensorType([x[0], x[1], plane.height, plane.width])
    }

    /// How many places a window has on a padded plane.
    private func windows(
        over x: Shape, kernel: Extent, strides: Extent, padding: Padding, dilations: Extent
    ) throws(ErdeError) -> Extent {
        try require(
            strides.height > 0 && strides.width > 0 && kernel.height > 0 && kernel.width > 0 && dilations.height > 0
                && dilations.width > 0, "positive kernel, strides and dilations")
        try require(
            min(padding.top, padding.left, padding.bottom, padding.right) >= 0, "padding of 0 or more on each side")
        let free = Extent(
            height: x[2] + padding.top + padding.bottom - (kernel.height - 1) * dilations.height - 1,
            width: x[3] + padding.left + padding.right - (kernel.width - 1) * dilations.width - 1)
        try require(
            free.height >= 0 && free.width >= 0, "an image of at least the window's \(kernel.height)x\(kernel.width)")
        return Extent(height: free.height / strides.height + 1, width: free.width / strides.width + 1)
    }

    func padded(_ padding: Padding) throws(ErdeError) -> TensorType {
        try plane(padding)
        let x = operands[0].shape
        return TensorType([x[0], x[1], x[2] + padding.top + padding.bottom, x[3] + padding.left + padding.right])
    }

    func cropped(_ padding: Padding) throws(ErdeError) -> TensorType {
        try plane(padding)
        let x = operands[0].shape
        try require(
            x[2] > padding.top + padding.bottom && x[3] > padding.left + padding.right,
            "an image of more rows and columns than are removed")
        return TensorType([x[0], x[1], x[2] - padding.top - padding.bottom, x[3] - padding.left - padding.right])
    }

    /// Checks for one image operand with rows and columns added or removed around it.
    private func plane(_ padding: Padding) throws(ErdeError) {
        try count(1)
        try float(0)
        try rank(0, 4)
        let sides = [padding.top, padding.left, padding.bottom, padding.right]
        try require(
            sides.allSatisfy { 0...Self.largestPadding ~= $0 }, "0 to \(Self.largestPadding) rows or columns on each side")
    }

    /// Far from overflow, and more than any network has.
    private static let largestPadding = 65_536

    func linear() throws(ErdeError) -> TensorType {
        try require(operands.count == 2 || operands.count == 3, "2 or 3 operands")
        for position in 0..<2 {
            try float(position)
            try rank(position, 2)
        }
        let (x, weight) = (operands[0].shape, operands[1].shape)
        try require(x[1] == weight[1], "as many features as the weight has columns")
        try bias(at: 2, channels: weight[0])
        return TensorType([x[0], weight[0]])
    }

    func matMul(transposeLeft: Bool, transposeRight: Bool) throws(ErdeError) -> TensorType {
        try count(2)
        for position in 0..<2 {
            try float(position)
            try rank(position, 2)
        }
        let (left, right) = (operands[0].shape, operands[1].shape)
        let (rows, inner) = transposeLeft ? (left[1], left[0]) : (left[0], left[1])
        let (innerRight, columns) = transposeRight ? (right[1], right[0]) : (right[0], right[1])
        try require(inner == innerRight, "equal inner extents")
        return TensorType([rows, columns])
    }

    func normalization(statistics: Int) throws(ErdeError) -> TensorType {
        try count(1 + statistics)
        try float(0)
        let x = operands[0].shape
        try require(x.rank == 2 || x.rank == 4, "rank 2 or 4 at operand 1")
        try require(operands.dropFirst().allSatisfy { $0 == TensorType([x[1]]) }, "vectors of \(x[1]) channels")
        return operands[0]
    }

    func broadcast() throws(ErdeError) -> Shape {
        try count(2)
        let (left, right) = (operands[0].shape.dimensions, operands[1].shape.dimensions)
        let rank = max(left.count, right.count)
        var dimensions: [Int] = []
        for axis in 0..<rank {
            let a = axis < rank - left.count ? 1 : left[axis - rank + left.count]
            let b = axis < rank - right.count ? 1 : right[axis - rank + right.count]
            try require(a == b || a == 1 || b == 1, "shapes that broadcast")
            dimensions.append(a == 1 ? b : a)
        }
        return Shape(dimensions)
    }

    /// Checks that another operator would make a value of type `gradient` from `inputs`, for operators that carry a
    /// gradient back through it.
    func result(of other: Op, _ inputs: [TensorType], matches gradient: TensorType) throws(ErdeError) {
        let types = try other.inferTypes(inputs)
        try require(types.first == gradient, "a gradient of type \(types[0])")
    }

    /// Checks that broadcasting repeats `shape` to exactly `target`, both of float32.
    func repeats(_ shape: Shape, to target: Shape) throws(ErdeError) {
        try float(0)
        try float(1)
        let offset = target.rank - shape.rank
        try require(
            offset >= 0 && shape.dimensions.indices.allSatisfy { shape[$0] == 1 || shape[$0] == target[offset + $0] },
            "a shape that broadcasts to \(target)")
    }

    func concatenation() throws(ErdeError) -> TensorType {
        try require(operands.count >= 2, "2 operands or more")
        var result = operands[0].shape
        try require(result.rank >= 2, "rank 2 or more at operand 1")
        result.dimensions[1] = 0
        for (position, operand) in operands.enumerated() {
            try float(position)
            var rest = operand.shape
            try require(rest.rank == result.rank, "equal ranks")
            let channels = rest[1]
            rest.dimensions[1] = result[1]
            try require(rest == result, "shapes that differ in their channels alone")
            result.dimensions[1] += channels
        }
        return TensorType(result)
    }

    /// Checks that an integer type's scales are there: one, or one for each index along axis 0 of the only operand.
    func scales(of quantization: Quantization) throws(ErdeError) {
        try count(1)
        let scales = quantization.scales
        try require(quantization.dataType.integers != nil, "a quantization to integers")
        try require(
            scales.allSatisfy { $0 > 0 && $0.isFinite }
                && (scales.count == 1 || operands[0].shape.dimensions.first == scales.count),
            "one positive scale, or one for each index along axis 0, not \(scales.count)")
    }

    func reduction(_ reduction: Reduction) throws(ErdeError) -> TensorType {
        try count(1)
        try float(0)
        let shape = operands[0].shape
        try require(
            reduction.axes.allSatisfy { 0..<shape.rank ~= $0 } && zip(reduction.axes, reduction.axes.dropFirst()).allSatisfy(<),
            "ascending axes within the rank, not \(reduction.axes)")
        let kept = shape.dimensions.enumerated().compactMap { axis, extent in
            reduction.axes.contains(axis) ? (reduction.keepsAxes ? 1 : nil) : extent
        }
        return TensorType(Shape(kept))
    }
}
