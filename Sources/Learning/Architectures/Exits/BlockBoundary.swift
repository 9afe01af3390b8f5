package import Graphs
import Tensors

/// A place in a network through which everything flows: an exit there sees all that the rest of the network sees.
package struct BlockBoundary: Hashable, Sendable {
    /// Features `[N, C, H, W]`.
    package let value: Value
    package let name: String
    /// Multiply-adds of one image up to here.
    package let macs: Int
}

extension Graph {
    /// The boundaries on the way to the last output, in order.
    ///
    /// A boundary is an image that alone, of all that is computed from the input so far, is read afterwards.
    package func blockBoundaries() -> [BlockBoundary] {
        guard let last = outputs.last else { return [] }
        let needed = nodesNeeded(for: [last.value])
        var lastRead: [Value: Int] = [last.value: .max]
        for index in needed { for operand in nodes[index].inputs { lastRead[operand] = max(lastRead[operand] ?? 0, index) } }
        var live = Set(inputs.map(\.value))
        var computed = live
        let costs = cost().nodeMACs
        var (macs, found) = (0, [BlockBoundary]())
        for index in needed {
            let node = nodes[index]
            macs += costs[index]
            if node.inputs.contains(where: computed.contains) {
                computed.formUnion(node.outputs)
                live.formUnion(node.outputs)
            }
            live = live.filter { (lastRead[$0] ?? -1) > index }
            guard live.count == 1, let value = live.first, node.outputs.contains(value), shape(of: value).rank == 4,
                value != last.value
            else { continue }
            found.append(BlockBoundary(value: value, name: name(of: value), macs: macs))
        }
        return found
    }

    /// Where so many exits stand best: evenly spread over the multiply-adds before the last output.
    ///
    /// Of boundaries with equal cost the last is taken, behind activation and pooling. Maps of one pixel are left to the
    /// network's own head.
    package func boundaries(forExits count: Int) -> [BlockBoundary] {
        let total = cost().cumulativeMACs.last ?? 0
        let all = blockBoundaries().filter {
            shape(of: $0.value)[2] * shape(of: $0.value)[3] > 1 && $0.macs > 0 && $0.macs < total
        }
        var candidates: [BlockBoundary] = []
        for boundary in all {
            if candidates.last?.macs == boundary.macs { candidates.removeLast() }
            candidates.append(boundary)
        }
        var chosen: [BlockBoundary] = []
        for number in stride(from: 1, through: count, by: 1) {
            let target = Double(total) * Double(number) / Double(count + 1)
            // Those that come after need a place too.
            let free = candidates.dropLast(count - number).filter { $0.macs > chosen.last?.macs ?? 0 }
            guard let best = free.min(by: { abs(Double($0.macs) - target) < abs(Double($1.macs) - target) }) else { break }
            chosen.append(best)
        }
        return chosen
    }
}
