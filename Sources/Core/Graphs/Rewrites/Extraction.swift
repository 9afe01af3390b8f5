import Tensors

extension Graph {
    /// Indices of the nodes that `values` depend on, ascending. The search does not go past values in `known`.
    package func nodesNeeded(for values: [Value], given known: Set<Value> = []) -> [Int] {
        var needed: Set<Int> = []
        var pending = values
        while let value = pending.popLast() {
            guard !known.contains(value), case .node(let index, _) = origin(of: value) else { continue }
            if needed.insert(index).inserted { pending += nodes[index].inputs }
        }
        return needed.sorted()
    }
}
