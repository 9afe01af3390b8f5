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

    /// The boundaries at which an exit can stand, by ascending cost, no two of the same.
    ///
    /// Of boundaries with equal cost the last is taken, behind activation and pooling. Maps of one pixel are left to the
    /// network's own head.
    package func exitPlaces() -> [BlockBoundary] {
        let total = cost().cumulativeMACs.last ?? 0
        var places: [BlockBoundary] = []
        for boundary in blockBoundaries() where boundary.macs > 0 && boundary.macs < total {
            guard shape(of: boundary.value)[2] * shape(of: boundary.value)[3] > 1 else { continue }
            if places.last?.macs == boundary.macs { places.removeLast() }
            places.append(boundary)
        }
        return places
    }

    /// Where so many exits stand best: the places that together are nearest to equal shares of the multiply-adds before the
    /// last output.
    ///
    /// Places that save next to nothing are taken only where there are too few others.
    ///
    /// - Returns: none when the network has fewer places than that; see `exitPlaces`.
    package func boundaries(forExits count: Int) -> [BlockBoundary] {
        let total = Double(cost().cumulativeMACs.last ?? 0)
        let all = exitPlaces()
        let worthwhile = all.filter { Double($0.macs) <= Self.largestWorthwhileShare * total }
        let places = worthwhile.count < count ? all : worthwhile
        let shares = (0..<count).map { total * Double($0 + 1) / Double(count + 1) }
        return nearest(to: shares, among: places.map { Double($0.macs) }).map { places[$0] }
    }

    /// An exit behind a larger share of the multiply-adds saves next to nothing.
    private static var largestWorthwhileShare: Double { 0.95 }
}
