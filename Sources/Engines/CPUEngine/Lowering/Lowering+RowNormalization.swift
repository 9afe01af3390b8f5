import CDNNL
import Diagnostics
import Graphs

extension Lowering {
    /// Loops of our own for the normalisation of an image; nil where the library's code serves.
    func rowNormalization(of x: Placement, _ value: Value, isRectified: Bool) -> RowNormalization? {
        let shape = dimensions(of: value)
        guard let element = x.layout.elementOfRows(shape) else { return nil }
        return RowNormalization(
            element: element, rows: shape[0] * shape[2] * shape[3], channels: shape[1], isRectified: isRectified,
            threads: threads)
    }

    /// With running statistics.
    mutating func appendRows(
        _ rows: RowNormalization, _ node: Node, _ x: Placement, _ attributes: BatchNormalizationAttributes, result: Value
    ) throws(ErdeError) {
        var operands: [Buffer] = []
        for operand in node.inputs.dropFirst() { operands.append(try plain(operand).buffer) }
        let (slope, offset) = (channelBuffer(rows), channelBuffer(rows))
        // A step of its own, which is done once where the statistics never change.
        appendHost("batchNormalization", reads: operands, writes: [slope, offset]) { memory in
            rows.write(
                memory.line(slope, offset), gamma: memory.floats(operands[0]), beta: memory.floats(operands[1]),
                mean: memory.floats(operands[2]), variance: memory.floats(operands[3]), epsilon: attributes.epsilon)
        }
        let target = try define(result, as: x.layout).buffer
        appendHost("batchNormalization", reads: [x.buffer, slope, offset], writes: [target]) { memory in
            rows.normalize(memory[x.buffer], with: memory.line(slope, offset), into: memory[target])
        }
    }

    /// With the statistics of the batch.
    mutating func appendTrainedRows(
        _ rows: RowNormalization, _ node: Node, at index: Int, _ x: Placement, _ attributes: BatchNormalizationAttributes,
        result: Value
    ) throws(ErdeError) {
        let (gamma, beta) = (try plain(node.inputs[1]).buffer, try plain(node.inputs[2]).buffer)
        let target = try define(result, as: x.layout).buffer
        let (mean, variance) = (try define(node.outputs[1]).buffer, try define(node.outputs[2]).buffer)
        let (slope, offset) = (channelBuffer(rows), channelBuffer(rows))
        let sums = program.buffer(byteCount: rows.sumsByteCount)
        appendHost(
            "batchNormalizationTraining", reads: [x.buffer, gamma, beta],
            writes: [target, mean, variance, slope, offset, sums]
        ) { memory in
            let (x, line) = (memory[x.buffer], memory.line(slope, offset))
            rows.statistics(of: x, mean: memory.floats(mean), variance: memory.floats(variance), sums: memory[sums])
            rows.write(
                line, gamma: memory.floats(gamma), beta: memory.floats(beta), mean: memory.floats(mean),
                variance: memory.floats(variance), epsilon: attributes.epsilon)
            rows.normalize(x, with: line, into: memory[target])
        }
        normalizationRecords[index] = .rows(rows, slope: slope, offset: offset)
    }

    /// - Parameters:
    ///   - line: slope and offset of the forward pass, whose ReLU is inverted too; nil where there was none.
    ///   - addition: what is added to the input's gradient, and by which node.
    mutating func appendGradientRows(
        _ rows: RowNormalization, _ node: Node, _ x: Placement, _ dy: Placement, _ attributes: BatchNormalizationAttributes,
        line: (slope: Buffer, offset: Buffer)?, _ addition: (index: Int, other: Value)?
    ) throws(ErdeError) {
        var operands: [Buffer] = []
        for operand in node.inputs.dropFirst(2) { operands.append(try plain(operand).buffer) }
        let (slope, offset) = line ?? (operands[0], operands[0])
        let addend = try addition.map { (addition) throws(ErdeError) in try placed(addition.other, as: x.layout).buffer }
        let result = addition.map { graph.nodes[$0.index].outputs[0] } ?? node.outputs[0]
        let dx = try define(result, as: x.layout).buffer
        let (dgamma, dbeta) = (try define(node.outputs[1]).buffer, try define(node.outputs[2]).buffer)
        let sums = program.buffer(byteCount: rows.sumsByteCount)
        let factors = program.buffer(byteCount: 3 * rows.channels * MemoryLayout<Float>.size)
        appendHost(
            "batchNormalizationGradient", reads: [x.buffer, dy.buffer, slope, offset] + operands + (addend.map { [$0] } ?? []),
            writes: [dx, dgamma, dbeta, sums, factors]
        ) { memory in
            rows.gradient(
                of: memory[x.buffer], memory[dy.buffer], with: memory.line(slope, offset),
                gamma: memory.floats(operands[0]), mean: memory.floats(operands[1]), variance: memory.floats(operands[2]),
                epsilon: attributes.epsilon, plus: addend.map { UnsafeRawPointer(memory[$0]) }, into: memory[dx],
                dgamma: memory.floats(dgamma),
                dbeta: memory.floats(dbeta), sums: memory[sums], factors: memory.floats(factors))
        }
    }

    private mutating func channelBuffer(_ rows: RowNormalization) -> Buffer {
        program.buffer(byteCount: rows.channels * MemoryLayout<Float>.size)
    }
}

extension MemoryMap {
    fileprivate func line(_ slope: Buffer, _ offset: Buffer) -> RowNormalization.Line {
        RowNormalization.Line(slope: floats(slope), offset: floats(offset))
    }
}
