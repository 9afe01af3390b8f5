import CDNNL
import Diagnostics
import Graphs

extension Lowering {
    /// Copies each operand to its channels of every row.
    mutating func lowerConcatenation(_ node: Node) throws(ErdeError) {
        let result = node.outputs[0]
        let order = try ChannelOrder(of: node.inputs.map(primary), node.inputs.map(dimensions))
        let shape = dimensions(of: result)
        let (rows, width) = order.matrix(shape)
        var parts: [(buffer: Buffer, length: Int, place: RowPlace)] = []
        var offset = 0
        for operand in node.inputs {
            let placement = try placed(operand, as: order.layout(dimensions(of: operand)))
            let length = order.matrix(dimensions(of: operand)).width
            parts.append((placement.buffer, length, RowPlace(offset: offset, stride: width)))
            offset += length
        }
        let target = try define(result, as: order.layout(shape)).buffer
        appendHost(node.op.name, reads: parts.map(\.buffer), writes: [target]) { [parts] memory in
            for part in parts {
                copyRows(
                    rows, of: part.length, from: memory.floats(part.buffer), RowPlace(offset: 0, stride: part.length),
                    to: memory.floats(target), part.place, threads: memory.threads)
            }
        }
    }

    mutating func lowerChannelSlice(_ node: Node, _ start: Int, _ count: Int) throws(ErdeError) {
        let shape = dimensions(of: node.inputs[0])
        let order = try ChannelOrder(of: [primary(node.inputs[0])], [shape])
        let source = try placed(node.inputs[0], as: order.layout(shape)).buffer
        let (rows, width) = order.matrix(shape)
        let length = width / shape[1] * count
        let from = RowPlace(offset: width / shape[1] * start, stride: width)
        let target = try define(node.outputs[0], as: order.layout(dimensions(of: node.outputs[0]))).buffer
        appendHost(node.op.name, reads: [source], writes: [target]) { memory in
            copyRows(
                rows, of: length, from: memory.floats(source), from, to: memory.floats(target),
                RowPlace(offset: 0, stride: length), threads: memory.threads)
        }
    }
}

/// The two orders of channels in which a range of channels is a range of every row of a matrix.
private enum ChannelOrder {
    /// A row is an image: its channels, each with its places.
    case plain
    /// A row is a place: its channels.
    case channelsLast

    /// Row-major if most channels lie so already; channels last if they lie so or in blocks, since that is what
    /// convolutions of many channels prefer.
    init(of placements: [Lowering.Placement], _ shapes: [[Int]]) throws(ErdeError) {
        var widest = 0
        for index in shapes.indices where shapes[index][1] > shapes[widest][1] { widest = index }
        let isPlain = try placements[widest].layout == .plain(shapes[widest])
        self = isPlain || shapes[widest].count != 4 ? .plain : .channelsLast
    }

    func layout(_ shape: [Int]) throws(ErdeError) -> Layout {
        switch self {
        case .plain: try .plain(shape)
        case .channelsLast: try .channelsLast(shape, ERDE_DNNL_FLOAT32)
        }
    }

    /// A tensor of this shape as a matrix.
    func matrix(_ shape: [Int]) -> (rows: Int, width: Int) {
        switch self {
        case .plain: (shape[0], shape.dropFirst().reduce(1, *))
        case .channelsLast: (shape[0] * shape[2] * shape[3], shape[1])
        }
    }
}
