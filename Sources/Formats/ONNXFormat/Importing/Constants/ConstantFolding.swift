import Diagnostics

/// Computes one node whose operands are all known: mostly the arithmetic of shapes that exporters write out.
///
/// A result with an empty name is named after its node.
struct ConstantFolding {
    /// Operators of shapes and constants that are only ever computed beforehand.
    static let types: Set<String> = Set(
        [
            "Constant", "Shape", "Size", "ConstantOfShape", "Range", "Where", "ReduceProd", "ReduceMin",
        ] + Array(ConstantArithmetic.unary.keys) + Array(ConstantArithmetic.binary.keys))

    let node: ForeignNode
    let operands: [ConstantTensor?]

    /// nil for an operator that is not computed here.
    func results() throws(ErdeError) -> [ConstantTensor]? {
        switch node.node.type {
        case "Identity", "Dropout": return [try operand(0)]
        case "Cast": return [try cast()]
        case "Reshape", "Flatten", "Squeeze", "Unsqueeze": return [try reshaped()]
        case "Transpose": return [try transposed()]
        case "Expand": return [try expanded()]
        case "ConstantOfShape": return [try filled()]
        case "Range": return [try range()]
        case "Gather": return [try gathered()]
        case "Concat": return [try concatenated()]
        case "Slice": return [try sliced()]
        case "Split": return try split()
        case "ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin": return [try reduced()]
        case "Where": return [try chosen()]
        default:
            if let one = ConstantArithmetic.unary[node.node.type] { return [try mapped(try operand(0), one)] }
            if let two = try ConstantArithmetic.function(of: node) { return [try combined(two)] }
            return nil
        }
    }

    func operand(_ position: Int) throws(ErdeError) -> ConstantTensor {
        guard position < operands.count, let tensor = operands[position] else {
            throw node.failure("input \(position + 1) is missing")
        }
        return tensor
    }

    /// An operand's integers; nil when it is left out.
    func integers(_ position: Int) throws(ErdeError) -> [Int]? {
        guard position < operands.count, let tensor = operands[position] else { return nil }
        guard let numbers = tensor.integers, numbers.count <= 1024 else {
            throw node.failure("input \(position + 1) is no list of integers")
        }
        return numbers.map { Int(clamping: $0) }
    }

    /// Refuses results that are larger than any network's, or would be but for an extent of 0.
    func requireSize(_ extents: [Int]) throws(ErdeError) {
        guard extents.count <= 8, extents.allSatisfy({ 0...(1 << 31) ~= $0 }),
            let count = extents.filter({ $0 > 0 }).elementCount, count <= ConstantTensor.largestComputedCount
        else {
            throw node.failure("would give a constant of the impossible shape \(extents)")
        }
    }

    /// Integers as a type holds them: those beyond its range wrap around, as they do where the node is run.
    func narrowed(_ numbers: [Int64], to type: ElementType) throws(ErdeError) -> [Int64] {
        var narrow: [Int64] = []
        narrow.reserveCapacity(numbers.count)
        for number in numbers {
            guard let wrapped = type.wrapped(number) else {
                throw node.failure("gives an integer of 2^63 or more, expected less")
            }
            narrow.append(wrapped)
        }
        return narrow
    }

    private func mapped(
        _ tensor: ConstantTensor, _ function: ConstantArithmetic.Unary
    ) throws(ErdeError) -> ConstantTensor {
        var result = tensor
        result.name = ""
        switch tensor.elements {
        case .floats(let numbers): result.elements = .floats(numbers.map(function.floats))
        case .integers(let numbers):
            if let integers = function.integers {
                result.elements = .integers(try narrowed(numbers.map(integers), to: tensor.integerType))
            } else {
                result.elements = .floats(numbers.map { function.floats(Float($0)) })
            }
        }
        return result
    }

    private func combined(_ function: ConstantArithmetic.Binary) throws(ErdeError) -> ConstantTensor {
        var result = try operand(0)
        for position in operands.indices.dropFirst() {
            let (a, b) = try aligned(result, try operand(position))
            if let left = a.integers, let right = b.integers, let integers = function.integers {
                var numbers: [Int64] = []
                numbers.reserveCapacity(left.count)
                for (l, r) in zip(left, right) {
                    guard let number = integers(l, r) else { throw node.failure("divides by zero") }
                    numbers.append(number)
                }
                result = ConstantTensor(
                    name: "", dimensions: a.dimensions, elements: .integers(try narrowed(numbers, to: a.integerType)),
                    integerType: a.integerType)
            } else {
                let numbers = zip(a.floats, b.floats).map { function.floats($0, $1) }
                result = ConstantTensor(name: "", dimensions: a.dimensions, elements: .floats(numbers))
            }
        }
        return result
    }

    private func chosen() throws(ErdeError) -> ConstantTensor {
        let (condition, first) = try aligned(try operand(0), try operand(1))
        let (wide, second) = try aligned(first, try operand(2))
        guard let mask = condition.broadcast(to: wide.dimensions) else { throw node.failure("shapes that do not broadcast") }
        let picks = mask.floats.map { $0 != 0 }
        if let left = wide.integers, let right = second.integers {
            let numbers = picks.indices.map { picks[$0] ? left[$0] : right[$0] }
            return ConstantTensor(
                name: "", dimensions: wide.dimensions, elements: .integers(numbers), integerType: wide.integerType)
        }
        let (left, right) = (wide.floats, second.floats)
        let numbers = picks.indices.map { picks[$0] ? left[$0] : right[$0] }
        return ConstantTensor(name: "", dimensions: wide.dimensions, elements: .floats(numbers))
    }

    /// Both tensors broadcast to a common shape.
    private func aligned(
        _ a: ConstantTensor, _ b: ConstantTensor
    ) throws(ErdeError) -> (ConstantTensor, ConstantTensor) {
        let rank = max(a.dimensions.count, b.dimensions.count)
        let left = [Int](repeating: 1, count: rank - a.dimensions.count) + a.dimensions
        let right = [Int](repeating: 1, count: rank - b.dimensions.count) + b.dimensions
        let extents = zip(left, right).map { $0 == 1 ? $1 : $0 }
        try requireSize(extents)
        guard let wideA = a.broadcast(to: extents), let wideB = b.broadcast(to: extents) else {
            throw node.failure("shapes \(a.dimensions) and \(b.dimensions) do not broadcast")
        }
        return (wideA, wideB)
    }
}
