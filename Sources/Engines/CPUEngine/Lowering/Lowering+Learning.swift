import CLoops
import Diagnostics
import Graphs
import Tensors

extension Lowering {
    mutating func lowerRandomDropout(_ node: Node, _ rate: Double, _ salt: UInt32) throws(ErdeError) {
        let source = try plain(node.inputs[0]).buffer
        let seed = try plain(node.inputs[1]).buffer
        let target = try define(node.outputs[0]).buffer
        let count = graph.shape(of: node.inputs[0]).count
        appendHost(node.op.name, reads: [source, seed], writes: [target]) { memory in
            let words = memory.integers(seed)
            let mask = DropoutMask(rate: rate, salt: salt, seed: (words[0], words[1]))
            let drawn = erde_dropout_mask(
                key: mask.key, step: DropoutMask.step, threshold: mask.threshold, scale: mask.scale)
            let (x, y) = (memory.floats(source), memory.floats(target))
            forEachRange(of: count, threads: memory.threads) { range in
                withUnsafePointer(to: drawn) { erde_dropout($0, x, y, range.lowerBound, range.upperBound) }
            }
        }
    }

    mutating func lowerMovingAverage(_ node: Node, at index: Int, _ momentum: Double) throws(ErdeError) {
        let running = try plain(node.inputs[0]).buffer
        let batch = try plain(node.inputs[1]).buffer
        let target = try defineUpdate(node.outputs[0], at: index).buffer
        let count = graph.shape(of: node.inputs[0]).count
        let share = Float(momentum)
        appendHost(node.op.name, reads: [running, batch], writes: [target]) { memory in
            let (old, new, result) = (memory.floats(running), memory.floats(batch), memory.floats(target))
            for index in 0..<count { result[index] = (1 - share) * old[index] + share * new[index] }
        }
    }

    /// One pass over weight, gradient and velocity, in place where the weight's old content is not read again.
    mutating func lowerMomentumUpdate(
        _ node: Node, at index: Int, _ attributes: MomentumAttributes
    ) throws(ErdeError) {
        var operands: [Buffer] = []
        for input in node.inputs { operands.append(try plain(input).buffer) }
        let results = [
            try defineUpdate(node.outputs[0], at: index).buffer, try defineUpdate(node.outputs[1], at: index).buffer,
        ]
        let count = graph.shape(of: node.inputs[0]).count
        let (momentum, decay) = (Float(attributes.momentum), Float(attributes.weightDecay))
        let lookAhead: Float = attributes.nesterov ? 1 : 0
        appendHost(node.op.name, reads: operands, writes: results) { memory in
            let (weight, gradient) = (memory.floats(operands[0]), memory.floats(operands[1]))
            let velocity = memory.floats(operands[2])
            let (rate, scale) = (memory.floats(operands[3])[0], memory.floats(operands[4])[0])
            let (newWeight, newVelocity) = (memory.floats(results[0]), memory.floats(results[1]))
            forEachRange(of: count, threads: memory.threads) { range in
                for index in range {
                    let slope = scale * gradient[index] + decay * weight[index]
                    let speed = momentum * velocity[index] + slope
                    let step = lookAhead == 1 ? slope + momentum * speed : speed
                    newVelocity[index] = speed
                    newWeight[index] = weight[index] - rate * step
                }
            }
        }
    }
}
