import Diagnostics
import Tensors

/// Operators that move elements of constants, and those that make constants of shapes.
extension ConstantFolding {
    func cast() throws(ErdeError) -> ConstantTensor {
        var tensor = try operand(0)
        guard let type = ElementType(rawValue: Int32(clamping: try node.integer("to", default: 0))) else {
            throw node.failure("casts to a type that erde does not know")
        }
        switch (tensor.elements, type.isFloat) {
        case (.integers(let numbers), true): tensor.elements = .floats(numbers.map { Float($0) })
        case (.floats(let numbers), false):
            let isBool = type == .bool
            let integers = numbers.map { number -> Int64 in
                if isBool { return number != 0 ? 1 : 0 }
                return number.isNaN ? 0 : Int64(max(-9e18, min(9e18, number.rounded(.towardZero))))
            }
            tensor.elements = .integers(try narrowed(integers, to: type))
        case (.integers(let numbers), false): tensor.elements = .integers(try narrowed(numbers, to: type))
        case (.floats, true): break
        }
        if !type.isFloat { tensor.integerType = type }
        return tensor
    }

    func reshaped() throws(ErdeError) -> ConstantTensor {
        let tensor = try operand(0)
        let target = try ShapeRule(node: node, extents: tensor.dimensions).target(listed: { (position) throws(ErdeError) in
            try integers(position)
        })
        guard target.elementCount == tensor.count else {
            throw node.failure("gives a shape of \(target) to \(tensor.count) elements")
        }
        if target.contains(0) { try requireSize(target) }
        return tensor.reshaped(target)
    }

    func transposed() throws(ErdeError) -> ConstantTensor {
        let tensor = try operand(0)
        let rank = tensor.dimensions.count
        let permutation = try node.integers("perm") ?? Array((0..<rank).reversed())
        guard permutation.sorted() == Array(0..<rank) else { throw node.failure("\(permutation) is no order of \(rank) axes") }
        return tensor.transposed(permutation)
    }

    func expanded() throws(ErdeError) -> ConstantTensor {
        let tensor = try operand(0)
        let wanted = try integers(1) ?? []
        let rank = max(wanted.count, tensor.dimensions.count)
        let own = [Int](repeating: 1, count: rank - tensor.dimensions.count) + tensor.dimensions
        let other = [Int](repeating: 1, count: rank - wanted.count) + wanted
        let extents = zip(own, other).map { $0 == 1 ? $1 : $0 }
        try requireSize(extents)
        guard let wide = tensor.broadcast(to: extents) else { throw node.failure("cannot expand to \(wanted)") }
        return wide
    }

    func filled() throws(ErdeError) -> ConstantTensor {
        let extents = try integers(0) ?? []
        try requireSize(extents)
        let count = extents.reduce(1, *)
        guard let value = try node.tensor("value") else {
            return ConstantTensor(name: "", dimensions: extents, elements: .floats([Float](repeating: 0, count: count)))
        }
        switch value.elements {
        case .floats(let numbers) where numbers.count == 1:
            return ConstantTensor(name: "", dimensions: extents, elements: .floats([Float](repeating: numbers[0], count: count)))
        case .integers(let numbers) where numbers.count == 1:
            return ConstantTensor(
                name: "", dimensions: extents, elements: .integers([Int64](repeating: numbers[0], count: count)),
                integerType: value.integerType)
        default: throw node.failure("fills with something else than one number")
        }
    }

    func range() throws(ErdeError) -> ConstantTensor {
        guard let start = try integers(0)?.first, let end = try integers(1)?.first, let step = try integers(2)?.first, step != 0
        else {
            throw node.failure("is no range of integers")
        }
        let span = Double(end) - Double(start)
        let count = max(0, (span / Double(step)).rounded(.up))
        guard count <= 65_536 else { throw node.failure("counts \(count) numbers") }
        return ConstantTensor(
            name: "", integers: (0..<Int(count)).map { Int64(start &+ $0 &* step) }, integerType: try operand(0).integerType)
    }

    func gathered() throws(ErdeError) -> ConstantTensor {
        let (tensor, indices) = (try operand(0), try operand(1))
        let rank = tensor.dimensions.count
        let axis = try node.axis(try node.integer("axis", default: 0), rank: rank)
        let extent = tensor.dimensions[axis]
        let outer = Array(tensor.dimensions[..<axis])
        let inner = Array(tensor.dimensions[(axis + 1)...])
        let extents = outer + indices.dimensions + inner
        try requireSize(extents)
        if extents.contains(0) { return unnamed(tensor.picking([], dimensions: extents)) }
        let size = inner.reduce(1, *)
        var positions: [Int] = []
        for block in 0..<outer.reduce(1, *) {
            for index in indices.integers ?? [] {
                let place = index < 0 ? Int(clamping: index) &+ extent : Int(clamping: index)
                guard 0..<extent ~= place else { throw node.failure("gathers element \(index) of \(extent)") }
                let start = (block * extent + place) * size
                positions += start..<start + size
            }
        }
        guard positions.count == extents.reduce(1, *) else { throw node.failure("its indices are no integers") }
        return unnamed(tensor.picking(positions, dimensions: extents))
    }

    func concatenated() throws(ErdeError) -> ConstantTensor {
        var parts: [ConstantTensor] = []
        for position in operands.indices { parts.append(try operand(position)) }
        let rank = parts[0].dimensions.count
        let axis = try node.axis(try node.integer("axis", default: 0), rank: rank)
        var extents = parts[0].dimensions
        extents[axis] = 0
        for part in parts {
            var rest = part.dimensions
            guard rest.count == rank else { throw node.failure("joins tensors of different ranks") }
            extents[axis] += rest[axis]
            rest[axis] = extents[axis]
            guard rest == extents, part.isFloat == parts[0].isFloat else { throw node.failure("joins tensors that do not fit") }
        }
        try requireSize(extents)
        let outer = extents.contains(0) ? 0 : extents[..<axis].reduce(1, *)
        let sizes = parts.map { $0.dimensions[axis...].reduce(1, *) }
        func joined<Number>(_ numbers: [[Number]]) -> [Number] {
            (0..<outer).flatMap { block in
                zip(numbers, sizes).flatMap { part, size in part[block * size..<(block + 1) * size] }
            }
        }
        let elements: ConstantTensor.Elements =
            parts[0].isFloat ? .floats(joined(parts.map(\.floats))) : .integers(joined(parts.map { $0.integers ?? [] }))
        return ConstantTensor(name: "", dimensions: extents, elements: elements, integerType: parts[0].integerType)
    }

    func sliced() throws(ErdeError) -> ConstantTensor {
        var tensor = try operand(0)
        for range in try SliceRule(node: node, extents: tensor.dimensions).ranges(listed: { (position) throws(ErdeError) in
            try integers(position)
        }) {
            let strides = Shape(tensor.dimensions).strides
            var (extents, steps) = (tensor.dimensions, strides)
            extents[range.axis] = range.count
            steps[range.axis] = strides[range.axis] * range.step
            let positions = ConstantTensor.positions(extents, steps: steps, start: range.start * strides[range.axis])
            tensor = tensor.picking(range.count == 0 ? [] : positions, dimensions: extents)
        }
        return unnamed(tensor)
    }

    func split() throws(ErdeError) -> [ConstantTensor] {
        let tensor = try operand(0)
        let axis = try node.axis(try node.integer("axis", default: 0), rank: tensor.dimensions.count)
        let counts = try SplitRule(node: node).counts(of: tensor.dimensions[axis], listed: try integers(1))
        let strides = Shape(tensor.dimensions).strides
        var start = 0
        var parts: [ConstantTensor] = []
        for count in counts {
            var extents = tensor.dimensions
            extents[axis] = count
            let positions = ConstantTensor.positions(extents, steps: strides, start: start * strides[axis])
            parts.append(unnamed(tensor.picking(count == 0 ? [] : positions, dimensions: extents)))
            start += count
        }
        return parts
    }

    func reduced() throws(ErdeError) -> ConstantTensor {
        let tensor = try operand(0)
        guard tensor.dimensions.count <= 1, tensor.count > 0 else { throw node.failure("reduces a constant of several axes") }
        let keeps = try node.integer("keepdims", default: 1) != 0
        func reduced<Number: Comparable>(
            _ numbers: [Number], sum: (Number, Number) -> Number, product: (Number, Number) -> Number
        )
            -> Number
        {
            numbers.dropFirst().reduce(numbers[0]) { result, number in
                switch node.node.type {
                case "ReduceProd": product(result, number)
                case "ReduceSum": sum(result, number)
                case "ReduceMax": ConstantArithmetic.larger(result, number)
                default: ConstantArithmetic.smaller(result, number)
                }
            }
        }
        let elements: ConstantTensor.Elements =
            switch tensor.elements {
            case .floats(let numbers): .floats([reduced(numbers, sum: +, product: *)])
            case .integers(let numbers):
                .integers(try narrowed([reduced(numbers, sum: &+, product: &*)], to: tensor.integerType))
            }
        return ConstantTensor(
            name: "", dimensions: keeps ? tensor.dimensions.map { _ in 1 } : [], elements: elements,
            integerType: tensor.integerType)
    }

    private func unnamed(_ tensor: ConstantTensor) -> ConstantTensor {
        var result = tensor
        result.name = ""
        return result
    }
}
