import Tensors

/// Multiply-adds of a network as channels are removed, without building it again.
package struct ChannelCost: Sendable {
    /// A convolution or fully connected layer.
    private struct Layer {
        let macs: Int
        /// The coupled channel at each place of what it makes, and of what each of these takes in; empty where none can be
        /// removed.
        let made: [Int]
        let read: [Int]
    }

    private let layers: [Layer]
    private let rest: Int
    private let count: Int

    package init(_ graph: Graph, _ dependencies: ChannelDependencies) {
        let macs = graph.cost().nodeMACs
        var layers: [Layer] = []
        var rest = 0
        for (index, node) in graph.nodes.enumerated() where macs[index] > 0 {
            let made = dependencies.axes[ChannelAxis(node.inputs[1], 0)] ?? []
            let read = dependencies.axes[ChannelAxis(node.inputs[1], 1)] ?? []
            if made.isEmpty && read.isEmpty { rest += macs[index] }
            layers.append(Layer(macs: macs[index], made: made, read: read))
        }
        self.layers = layers.filter { !$0.made.isEmpty || !$0.read.isEmpty }
        self.rest = rest
        count = dependencies.count
    }

    /// MACs of one image through the whole network without some coupled channels.
    package func macs(without removed: Set<Int>) -> Int {
        var isRemoved = [Bool](repeating: false, count: count)
        for channel in removed { isRemoved[channel] = true }
        func kept(_ places: [Int]) -> Int { places.count { !isRemoved[$0] } }
        return layers.reduce(rest) { sum, layer in
            var macs = layer.macs
            // Exact: a layer's MACs are a multiple of both extents' product.
            if !layer.made.isEmpty { macs = macs / layer.made.count * kept(layer.made) }
            if !layer.read.isEmpty { macs = macs / layer.read.count * kept(layer.read) }
            return sum + macs
        }
    }

    /// By coupled channel, the MACs that go with it while all others stay.
    package func macsPerChannel() -> [Double] {
        var saved = [Double](repeating: 0, count: count)
        for layer in layers {
            for places in [layer.made, layer.read] {
                for channel in places { saved[channel] += Double(layer.macs) / Double(places.count) }
            }
        }
        return saved
    }
}
