import Tensors

/// Follows channels through a graph, operator by operator, and couples those that depend on each other.
struct ChannelTracing {
    private let graph: Graph
    /// A forest of places; those of one tree are one coupled channel.
    private var parents: [Int] = []
    /// Why a coupled channel must stay, by the root of its tree.
    private var obstacles: [Int: String] = [:]
    private var axes: [ChannelAxis: [Int]] = [:]
    private var channels: [[Int]]
    private var numbers: [Int: Int] = [:]

    init(_ graph: Graph) {
        self.graph = graph
        channels = [[Int]](repeating: [], count: graph.values.count)
    }

    mutating func traceAll() {
        for input in graph.inputs {
            channels[input.value.id] = stuck(graph.shape(of: input.value), "the network's input")
        }
        for node in graph.nodes {
            if let result = trace(node) {
                channels[node.outputs[0].id] = result
            } else {
                giveUp(on: node)
            }
        }
        for output in graph.outputs { hold(along(output.value), "the network's output") }
    }

    // MARK: Operators

    /// The channels of an operator's result; nil where they cannot be followed.
    private mutating func trace(_ node: Node) -> [Int]? {
        let x = node.inputs[0]
        switch node.op {
        case .convolution(let attributes): return layer(node, groups: attributes.groups)
        case .linear: return layer(node, groups: 1)
        case .batchNormalization:
            let result = along(x)
            for operand in node.inputs.dropFirst() {
                guard isStored(operand) else { return nil }
                couple(ChannelAxis(operand, 0), result)
            }
            return result
        case .maxPool, .averagePool, .globalAveragePool, .relu, .clip, .affine, .exp, .log, .squareRoot, .sigmoid,
            .hardSigmoid, .errorFunction, .stopGradient, .dropout, .pad, .crop:
            return along(x)
        case .transpose(let permutation): return permutation.prefix(2) == [0, 1] ? along(x) : nil
        case .add, .subtract, .multiply, .divide, .maximum, .equal, .less: return elementwise(node)
        case .reduceSum(let reduction), .reduceMean(let reduction):
            // Sums over rows and columns leave the channels where they are.
            return reduction.axes.allSatisfy { $0 >= 2 } ? along(x) : nil
        case .reshape(let trailing): return reshaped(along(x), trailing)
        case .concatenate: return node.inputs.flatMap { along($0) }
        case .channelSlice(let start, let count):
            let operand = along(x)
            return start + count <= operand.count ? Array(operand[start..<start + count]) : nil
        case .convolutionDataGradient, .convolutionWeightGradient, .matMul, .batchNormalizationTraining,
            .batchNormalizationGradient, .movingAverage, .maxPoolGradient, .averagePoolGradient, .reluGradient,
            .clipGradient, .randomDropout, .logSoftmax, .argMax, .oneHot, .sumOfSquares, .sumTo, .broadcastTo,
            .momentumUpdate, .quantize, .dequantize, .fakeQuantize, .fakeQuantizeChannels:
            return nil
        }
    }

    /// A convolution or fully connected layer: channels go in along axis 1 of its weight and come out along axis 0.
    private mutating func layer(_ node: Node, groups: Int) -> [Int]? {
        guard node.inputs.dropFirst().allSatisfy(isStored) else { return nil }
        let operand = along(node.inputs[0])
        let weight = node.inputs[1]
        let result = along(ChannelAxis(weight, 0))
        if groups == 1 {
            couple(ChannelAxis(weight, 1), operand)
        } else {
            let (taken, given) = (operand.count / groups, result.count / groups)
            for group in 0..<groups {
                let all = operand[group * taken..<(group + 1) * taken] + result[group * given..<(group + 1) * given]
                for place in all.dropFirst() { couple(place, all[all.startIndex]) }
            }
        }
        if node.inputs.count > 2 { couple(ChannelAxis(node.inputs[2], 0), result) }
        return result
    }

    /// Operands are aligned at their last axes, as broadcasting does; those with a channel axis of the result's extent are
    /// coupled.
    private mutating func elementwise(_ node: Node) -> [Int]? {
        let shape = graph.shape(of: node.outputs[0])
        guard shape.rank >= 2 else { return nil }
        var result: [Int]?
        for operand in node.inputs {
            let own = graph.shape(of: operand)
            let axis = own.rank - shape.rank + 1
            guard axis >= 0 else { continue }
            let places: [Int]
            if own[axis] != shape[1] {
                // One channel for all: it cannot go while any of them stays.
                if !isStored(operand) { hold(along(operand), "\(graph.name(of: node.outputs[0])) spreads it over channels") }
                continue
            } else if isStored(operand) {
                places = along(ChannelAxis(operand, axis))
            } else {
                guard axis == 1 else { return nil }
                places = along(operand)
            }
            guard places.count == shape[1] else { return nil }
            if let other = result { couple(other, places) } else { result = places }
        }
        return result
    }

    /// Elements keep their order, so that a place of the new axis 1 belongs to one channel or covers several whole ones.
    private mutating func reshaped(_ operand: [Int], _ trailing: [Int]) -> [Int]? {
        guard let count = trailing.first, count > 0, !operand.isEmpty else { return nil }
        if count % operand.count == 0 {
            return operand.flatMap { [Int](repeating: $0, count: count / operand.count) }
        }
        guard operand.count % count == 0 else { return nil }
        let run = operand.count / count
        return stride(from: 0, to: operand.count, by: run).map { start in
            for place in operand[start + 1..<start + run] { couple(place, operand[start]) }
            return operand[start]
        }
    }

    /// Channels that meet an operator through which they cannot be followed stay, and so do those behind it.
    private mutating func giveUp(on node: Node) {
        let reason = "\(graph.name(of: node.outputs[0])) (\(node.op.name))"
        for operand in node.inputs {
            if isStored(operand) {
                for axis in graph.shape(of: operand).dimensions.indices { hold(along(ChannelAxis(operand, axis)), reason) }
            } else {
                hold(along(operand), reason)
            }
        }
        for output in node.outputs { channels[output.id] = stuck(graph.shape(of: output), reason) }
    }

    // MARK: Places

    private func isStored(_ value: Value) -> Bool {
        switch graph.origin(of: value) {
        case .variable, .constant: true
        case .input, .node: false
        }
    }

    /// Places along axis 1 of a value.
    private mutating func along(_ value: Value) -> [Int] {
        guard isStored(value) else { return channels[value.id] }
        return graph.shape(of: value).rank >= 2 ? along(ChannelAxis(value, 1)) : []
    }

    /// Places along an axis of a variable or constant, new at the first visit.
    private mutating func along(_ axis: ChannelAxis) -> [Int] {
        if let known = axes[axis] { return known }
        let places = fresh(graph.shape(of: axis.value)[axis.axis])
        axes[axis] = places
        return places
    }

    private mutating func fresh(_ count: Int) -> [Int] {
        let places = Array(parents.count..<parents.count + count)
        parents += places
        return places
    }

    /// New places along axis 1 of a shape, which must stay.
    private mutating func stuck(_ shape: Shape, _ reason: String) -> [Int] {
        guard shape.rank >= 2 else { return [] }
        let places = fresh(shape[1])
        hold(places, reason)
        return places
    }

    // MARK: Coupling

    private mutating func root(_ place: Int) -> Int {
        var root = place
        while parents[root] != root { root = parents[root] }
        var step = place
        while parents[step] != root {
            let next = parents[step]
            parents[step] = root
            step = next
        }
        return root
    }

    private mutating func couple(_ axis: ChannelAxis, _ places: [Int]) {
        if let known = axes[axis] { couple(known, places) } else { axes[axis] = places }
    }

    private mutating func couple(_ left: [Int], _ right: [Int]) {
        precondition(left.count == right.count, "\(left.count) channels coupled with \(right.count)")
        for (a, b) in zip(left, right) { couple(a, b) }
    }

    private mutating func couple(_ a: Int, _ b: Int) {
        let (first, second) = (root(min(a, b)), root(max(a, b)))
        guard first != second else { return }
        parents[second] = first
        if let reason = obstacles.removeValue(forKey: second), obstacles[first] == nil { obstacles[first] = reason }
    }

    private mutating func hold(_ places: [Int], _ reason: String) {
        for place in places {
            let root = root(place)
            if obstacles[root] == nil { obstacles[root] = reason }
        }
    }

    // MARK: Results

    /// Coupled channels numbered from 0, at each place of every axis and value.
    mutating func numbered() -> (axes: [ChannelAxis: [Int]], channels: [[Int]], count: Int) {
        numbers = [:]
        var numberOfPlace = [Int](repeating: 0, count: parents.count)
        for place in parents.indices {
            let root = root(place)
            let number = numbers[root] ?? numbers.count
            numbers[root] = number
            numberOfPlace[place] = number
        }
        return (
            axes.mapValues { $0.map { numberOfPlace[$0] } }, channels.map { $0.map { numberOfPlace[$0] } }, numbers.count
        )
    }

    /// Obstacles by the numbers that `numbered` gave.
    var numberedObstacles: [Int: String] {
        Dictionary(uniqueKeysWithValues: obstacles.map { (numbers[$0.key]!, $0.value) })
    }
}
