import CDNNL
import Diagnostics
import Graphs

extension Lowering {
    /// The library (oneDNN 2.6) leaves NaN out of maxima; the reference engine passes it on.
    mutating func lowerPool(_ node: Node, _ attributes: PoolAttributes, isMaximum: Bool) throws(ErdeError) {
        if !isMaximum, try appendRowPool(node, attributes) { return }
        try appendPool(node, attributes.window, isMaximum ? ERDE_DNNL_MAX_POOL : attributes.averageKind)
    }

    mutating func lowerGlobalAveragePool(_ node: Node) throws(ErdeError) {
        let extents = dimensions(of: node.inputs[0])
        let whole = PoolAttributes(kernel: Extent(height: extents[2], width: extents[3]), strides: Extent(1))
        if try appendRowPool(node, whole) { return }
        try appendPool(node, whole.window, ERDE_DNNL_AVERAGE_POOL)
    }

    /// Average pooling by our own loops.
    ///
    /// - Returns: whether they can.
    private mutating func appendRowPool(_ node: Node, _ attributes: PoolAttributes) throws(ErdeError) -> Bool {
        let x = primary(node.inputs[0])
        let (images, result) = (dimensions(of: node.inputs[0]), dimensions(of: node.outputs[0]))
        guard attributes.padding == .none, let element = x.layout.elementOfRows(images) else { return false }
        let pool = RowPool(
            element: element, from: images, to: result, kernel: attributes.kernel, strides: attributes.strides,
            threads: threads)
        let y = try define(node.outputs[0], as: .channelsLast(result, x.layout.type)).buffer
        appendHost(node.op.name, reads: [x.buffer], writes: [y]) { memory in pool.run(memory[x.buffer], into: memory[y]) }
        return true
    }

    private mutating func appendPool(
        _ node: Node, _ window: erde_dnnl_window, _ kind: erde_dnnl_pool_kind
    ) throws(ErdeError) {
        try appendPool(node, from: node.inputs[0], to: node.outputs[0], window, kind)
    }

    /// - Parameters:
    ///   - source: what is pooled: the node's operand, or the bytes that it stands for.
    ///   - result: what is computed: the node's result, or the bytes that it becomes.
    mutating func appendPool(
        _ node: Node, from source: Value, to result: Value, _ window: erde_dnnl_window, _ kind: erde_dnnl_pool_kind
    ) throws(ErdeError) {
        let x = primary(source)
        let operation = try pool(ERDE_DNNL_INFERENCE, kind, x.layout, dimensions(of: result), window)
        let target = try define(result, as: .chosen(by: operation, for: ERDE_DNNL_DST))
        append(node.op.name, operation, reads: [(ERDE_DNNL_SRC, x)], writes: [(ERDE_DNNL_DST, target)])
    }

    /// Pools once more to learn where the maxima were, then scatters.
    mutating func lowerMaxPoolGradient(_ node: Node, _ attributes: PoolAttributes) throws(ErdeError) {
        let x = primary(node.inputs[1])
        let forward = try pool(
            ERDE_DNNL_TRAINING, ERDE_DNNL_MAX_POOL, x.layout, dimensions(of: node.inputs[0]), attributes.window)
        let result = try Layout.chosen(by: forward, for: ERDE_DNNL_DST)
        let pooled = Placement(buffer: program.buffer(byteCount: result.byteCount), layout: result)
        let positions = try Layout.chosen(by: forward, for: ERDE_DNNL_WORKSPACE)
        let workspace = Placement(buffer: program.buffer(byteCount: positions.byteCount), layout: positions)
        append(
            "maxPool", forward, reads: [(ERDE_DNNL_SRC, x)],
            writes: [(ERDE_DNNL_DST, pooled), (ERDE_DNNL_WORKSPACE, workspace)])
        let dy = try placed(node.inputs[0], as: result)
        let target = try define(node.outputs[0], as: x.layout)
        let operation = try poolGradient(ERDE_DNNL_MAX_POOL, target.layout, dy.layout, attributes.window, forward)
        append(
            node.op.name, operation, reads: [(ERDE_DNNL_DIFF_DST, dy), (ERDE_DNNL_WORKSPACE, workspace)],
            writes: [(ERDE_DNNL_DIFF_SRC, target)])
    }

    mutating func lowerAveragePoolGradient(_ node: Node, _ attributes: PoolAttributes) throws(ErdeError) {
        // The layout of x, not its content: the gradient goes back into the layout that the network works in.
        let layout = primary(node.inputs[1]).layout
        let forward = try pool(
            ERDE_DNNL_TRAINING, attributes.averageKind, layout, dimensions(of: node.inputs[0]), attributes.window)
        let dy = try placed(node.inputs[0], as: .chosen(by: forward, for: ERDE_DNNL_DST))
        let target = try define(node.outputs[0], as: layout)
        let operation = try poolGradient(attributes.averageKind, layout, dy.layout, attributes.window, forward)
        append(node.op.name, operation, reads: [(ERDE_DNNL_DIFF_DST, dy)], writes: [(ERDE_DNNL_DIFF_SRC, target)])
    }

    private func pool(
        _ mode: erde_dnnl_mode, _ kind: erde_dnnl_pool_kind, _ source: Layout, _ result: [Int], _ window: erde_dnnl_window
    ) throws(ErdeError) -> Operation {
        var window = window
        let target = try Layout.any(result, source.type)
        return try Operation("pooling_forward", for: "a pooling") { [machine] result in
            erde_dnnl_pool_create(machine.handle, mode, kind, source.handle, target.handle, &window, result)
        }
    }

    private func poolGradient(
        _ kind: erde_dnnl_pool_kind, _ dx: Layout, _ dy: Layout, _ window: erde_dnnl_window, _ forward: Operation
    ) throws(ErdeError) -> Operation {
        var window = window
        return try Operation("pooling_backward", for: "a pooling's gradient") { [machine] result in
            erde_dnnl_pool_gradient_create(machine.handle, kind, dx.handle, dy.handle, &window, forward.handle, result)
        }
    }
}

extension PoolAttributes {
    var window: erde_dnnl_window {
        erde_dnnl_window(
            kernel: kernel.dnnl, strides: strides.dnnl, dilations: (1, 1),
            padding_begin: (Int64(padding.top), Int64(padding.left)),
            padding_end: (Int64(padding.bottom), Int64(padding.right)))
    }

    var averageKind: erde_dnnl_pool_kind {
        countsPadding ? ERDE_DNNL_AVERAGE_POOL_WITH_PADDING : ERDE_DNNL_AVERAGE_POOL
    }
}
