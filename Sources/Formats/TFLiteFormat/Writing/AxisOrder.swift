/// In which order a tensor's axes lie in the file. Only images, of four axes, have two.
enum AxisOrder: Hashable {
    /// As in the graph: images `[N, C, H, W]`.
    case graph
    /// Images as TensorFlow Lite's operators want them: `[N, H, W, C]`.
    case channelsLast

    /// The graph's axes in the order in which they lie in the file.
    func axes(rank: Int) -> [Int] { self == .channelsLast && rank == 4 ? [0, 2, 3, 1] : Array(0..<rank) }

    /// What a value of this rank is written in unless something else is at hand.
    static func preferred(rank: Int) -> AxisOrder { rank == 4 ? .channelsLast : .graph }

    var other: AxisOrder { self == .graph ? .channelsLast : .graph }
}
