import Artifacts
import Diagnostics
import Graphs
import Tensors

/// A network as ncnn's layers, in the order in which they run.
struct NCNNNetwork {
    private(set) var layers: [NCNNLayer] = []

    private let table: NCNNTable
    /// Names in use by blobs.
    private var names: Set<String>
    /// Results that are their operand under another name.
    private var aliases: [Value: Value] = [:]
    /// Stored tensors that are blobs already, by name and shape.
    private var memories: [Memory: String] = [:]

    private struct Memory: Hashable {
        let name: String
        let shape: NCNNShape
    }

    /// - Parameter network: of which `problems` found nothing.
    init(_ network: ExportNetwork) {
        let graph = network.graph
        table = NCNNTable(graph: graph, parameters: network.parameters)
        names = Set(graph.values.map(\.name) + graph.outputs.map(\.name))
        for input in graph.inputs {
            let name = graph.name(of: input.value)
            layers.append(
                NCNNLayer(
                    type: "Input", name: name, inputs: [], outputs: [name],
                    parameters: table.blob(input.value).parameters))
        }
        let fused = graph.fusedActivations
        let followers = Set(fused.values)
        for (index, node) in graph.nodes.enumerated() where !followers.contains(index) {
            guard let follower = fused[index] else {
                add(node, as: node.outputs[0], activation: nil)
                continue
            }
            let activation = graph.nodes[follower]
            add(node, as: activation.outputs[0], activation: NCNNActivation(activation.op))
        }
        let outputs = graph.outputs.map { (name: $0.name, blob: graph.name(of: root($0.value))) }
        layers = layers.copyingOverwrittenInputs(&names)
        layers = BlobReaders(layers: layers, outputs: outputs, names: names).layers
    }

    /// Everything in a network that ncnn cannot hold, by name.
    static func problems(_ network: ExportNetwork) -> [String] {
        let graph = network.graph
        let table = NCNNTable(graph: graph, parameters: network.parameters)
        var problems: [String] = []
        for node in graph.nodes {
            guard case .refused(let reason) = table.lowered(node) else { continue }
            problems.append("\(node.op.name) \(graph.name(of: node.outputs[0])): \(reason)")
        }
        for output in graph.outputs {
            if case .node = graph.origin(of: output.value) { continue }
            problems.append("output \(output.name), which nothing computes")
        }
        return problems
    }

    /// `NAME.param`: the magic number, how many layers and blobs there are, then a line for each layer.
    var text: String {
        let blobs = layers.reduce(0) { $0 + $1.outputs.count }
        return (["7767517", "\(layers.count) \(blobs)"] + layers.map(\.line)).joined(separator: "\n") + "\n"
    }

    /// `NAME.bin`.
    var bytes: [UInt8] {
        var file: [UInt8] = []
        for layer in layers {
            for weight in layer.weights { weight.append(to: &file) }
        }
        return file
    }

    private func root(_ value: Value) -> Value { aliases[value].map(root) ?? value }

    private mutating func add(_ node: Node, as result: Value, activation: NCNNActivation?) {
        switch table.lowered(node, activation: activation) {
        case .alias: aliases[node.outputs[0]] = node.inputs[0]
        case .refused(let reason): preconditionFailure("\(table.graph.name(of: result)) was refused before: \(reason)")
        case .layers(let steps):
            let name = table.graph.name(of: result)
            var results: [String] = []
            for (index, step) in steps.enumerated() {
                let inputs = step.sources.map { blob($0, of: node, results) }
                results.append(index == steps.count - 1 ? name : unused("\(name)_part\(index + 1)", &names))
                layers.append(
                    NCNNLayer(
                        type: step.type, name: results[index], inputs: inputs, outputs: [results[index]],
                        parameters: step.parameters, weights: step.weights))
            }
        }
    }

    private mutating func blob(_ source: NCNNStep.Source, of node: Node, _ results: [String]) -> String {
        switch source {
        case .operand(let index): return table.graph.name(of: root(node.inputs[index]))
        case .step(let index): return results[index]
        case .stored(let name, let floats, let shape):
            let memory = Memory(name: name, shape: shape)
            if let known = memories[memory] { return known }
            let blob = memories.keys.contains { $0.name == name } ? unused(name, &names) : name
            memories[memory] = blob
            return constant(blob, floats, shape)
        case .made(let suffix, let floats, let shape):
            return constant(unused("\(table.graph.name(of: node.outputs[0]))_\(suffix)", &names), floats, shape)
        }
    }

    private mutating func constant(_ blob: String, _ floats: [Float], _ shape: NCNNShape) -> String {
        layers.append(
            NCNNLayer(
                type: "MemoryData", name: blob, inputs: [], outputs: [blob], parameters: shape.parameters,
                weights: [.raw(floats)]))
        return blob
    }
}
