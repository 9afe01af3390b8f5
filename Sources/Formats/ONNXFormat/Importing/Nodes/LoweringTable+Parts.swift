import Diagnostics
import Graphs

extension LoweringTable {
    /// Tensors put together and taken apart.
    static let parts: [String: Rule] = [
        "Concat": one { (lowering, node) throws(ErdeError) in try lowering.concatenated(node) },
        "Slice": one { (lowering, node) throws(ErdeError) in try lowering.sliced(node) },
        "Split": { (lowering, node) throws(ErdeError) in try lowering.split(node) },
        "Gather": one { (lowering, node) throws(ErdeError) in try lowering.gathered(node) },
        "Pad": one { (lowering, node) throws(ErdeError) in try lowering.padded(node) },
    ]
}

extension GraphLowering {
    /// Exchanges an axis with axis 1, where erde's operators on channels work.
    private mutating func exchanging(_ axis: Int, of x: Value, _ node: ForeignNode) throws(ErdeError) -> Value {
        guard axis != 1 else { return x }
        guard axis > 1 else { throw node.failure("works along axis 0: it mixes the images of a batch") }
        var order = Array(0..<shape(x).count)
        order.swapAt(1, axis)
        return try transposed(x, order, node: node)
    }

    fileprivate mutating func concatenated(_ node: ForeignNode) throws(ErdeError) -> Value {
        var parts: [Value] = []
        for position in node.inputs.indices { parts.append(try computed(position, of: node)) }
        let axis = try node.axis(try node.integer("axis", default: 1), rank: shape(parts[0]).count)
        guard parts.count > 1 else { return parts[0] }
        for index in parts.indices {
            guard shape(parts[index]).count == shape(parts[0]).count else { throw node.failure("joins different ranks") }
            parts[index] = try exchanging(axis, of: parts[index], node)
        }
        return try exchanging(axis, of: apply(.concatenate, parts, node: node), node)
    }

    /// `count` elements of an axis from `start` on.
    private mutating func range(
        _ x: Value, axis: Int, start: Int, count: Int, _ node: ForeignNode
    ) throws(ErdeError) -> Value {
        let extent = shape(x)[axis]
        if start == 0 && count == extent { return x }
        guard count > 0 else { throw node.failure("takes nothing of an axis") }
        if axis >= 2 && shape(x).count == 4 {
            var padding = Padding.none
            if axis == 2 { (padding.top, padding.bottom) = (start, extent - start - count) }
            if axis == 3 { (padding.left, padding.right) = (start, extent - start - count) }
            return try apply(.crop(padding), x, node: node)
        }
        let turned = try exchanging(axis, of: x, node)
        return try exchanging(axis, of: apply(.channelSlice(start: start, count: count), turned, node: node), node)
    }

    fileprivate mutating func sliced(_ node: ForeignNode) throws(ErdeError) -> Value {
        var x = try computed(0, of: node)
        let rule = SliceRule(node: node, extents: shape(x))
        let ranges = try rule.ranges { (position) throws(ErdeError) in
            try node.optionalIntegers(position, "range")
        }
        for piece in ranges {
            guard piece.step == 1 || piece.count == 1 else {
                throw node.failure("takes every \(piece.step)th element of an axis")
            }
            x = try range(x, axis: piece.axis, start: piece.start, count: piece.count, node)
        }
        return x
    }

    fileprivate mutating func split(_ node: ForeignNode) throws(ErdeError) -> [Binding] {
        let x = try computed(0, of: node)
        let axis = try node.axis(try node.integer("axis", default: 0), rank: shape(x).count)
        let counts = try SplitRule(node: node).counts(of: shape(x)[axis], listed: try node.optionalIntegers(1, "list of lengths"))
        var (start, parts) = (0, [Binding]())
        for count in counts {
            parts.append(.value(try range(x, axis: axis, start: start, count: count, node)))
            start += count
        }
        return parts
    }

    /// One element of an axis, or several behind one another.
    fileprivate mutating func gathered(_ node: ForeignNode) throws(ErdeError) -> Value {
        let x = try computed(0, of: node)
        let axis = try node.axis(try node.integer("axis", default: 0), rank: shape(x).count)
        let indices = try node.constant(1, "list of indices")
        guard let numbers = indices.integers, let first = numbers.first, indices.dimensions.count <= 1,
            numbers.indices.allSatisfy({ numbers[$0] == first &+ Int64($0) })
        else {
            throw node.failure("gathers elements that do not lie behind one another")
        }
        let start = Int(clamping: first < 0 ? first &+ Int64(shape(x)[axis]) : first)
        guard axis > 0, start >= 0, numbers.count <= shape(x)[axis], start <= shape(x)[axis] - numbers.count else {
            throw node.failure("gathers elements \(first) and on of an axis of \(shape(x)[axis])")
        }
        let picked = try range(x, axis: axis, start: start, count: numbers.count, node)
        guard indices.dimensions.isEmpty else { return picked }
        var trailing = Array(shape(picked).dropFirst())
        trailing.remove(at: axis - 1)
        return try apply(.reshape(trailing: trailing), picked, node: node)
    }

    /// A constant around planes; negative numbers cut off.
    fileprivate mutating func padded(_ node: ForeignNode) throws(ErdeError) -> Value {
        let x = try computed(0, of: node)
        let rank = shape(x).count
        let listed = try node.integers(node.optionalIntegers(1, "list of pads"), orAttribute: "pads") ?? []
        let named = try node.optionalIntegers(3, "list of axes") ?? Array(0..<rank)
        guard listed.count == 2 * named.count, listed.allSatisfy({ -65_536...65_536 ~= $0 }) else {
            throw node.failure("has \(listed.count) pads for \(named.count) axes")
        }
        var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
        for (index, name) in named.enumerated() {
            let axis = try node.axis(name, rank: rank)
            (before[axis], after[axis]) = (listed[index], listed[named.count + index])
        }
        if (before + after).allSatisfy({ $0 == 0 }) { return x }
        let mode = try node.text("mode", default: "constant")
        guard mode == "constant" else { throw node.failure("pads by \(printable(mode)), expected a constant") }
        guard rank == 4, before[0] == 0, before[1] == 0, after[0] == 0, after[1] == 0 else {
            throw node.failure("pads by \(before) and \(after), expected rows and columns of images")
        }
        let border = try node.float(node.optionalScalar(2, "border"), orAttribute: "value", default: 0)
        guard border < .infinity else { throw node.failure("pads by \(border), expected a finite number or -infinity") }
        func sides(_ sign: Int) -> Padding {
            Padding(
                top: max(0, sign * before[2]), left: max(0, sign * before[3]), bottom: max(0, sign * after[2]),
                right: max(0, sign * after[3]))
        }
        let image = sides(-1) == .none ? x : try apply(.crop(sides(-1)), x, node: node)
        guard sides(1) != .none else { return image }
        let padded = try apply(.pad(sides(1)), image, node: node)
        guard border != 0 else { return padded }
        let lowest = -Float.greatestFiniteMagnitude
        let plane = try frame(max(lowest, Float(border)), sides(1), around: padded, node)
        let result = try apply(.add, padded, plane, node: node)
        if border <= -3e38 { borders[result] = (image, sides(1)) }
        return result
    }

    /// Zeros where the image lies and a number around it: added to an image padded with zeros, it moves no pixel.
    private mutating func frame(
        _ border: Float, _ sides: Padding, around padded: Value, _ node: ForeignNode
    ) throws(ErdeError) -> Value {
        let (height, width) = (shape(padded)[2], shape(padded)[3])
        try spend(height * width, node)
        var numbers = [Float](repeating: border, count: height * width)
        for row in sides.top..<height - sides.bottom {
            for column in sides.left..<width - sides.right { numbers[row * width + column] = 0 }
        }
        let name = "\(node.node.outputs.first ?? "pad")_border"
        return constant(ConstantTensor(name: name, dimensions: [1, 1, height, width], elements: .floats(numbers)))
    }
}
