import Artifacts
import Diagnostics
import Graphs
import Tensors

/// Writes a graph in the form for inference as a network of IR.
struct OpenVINOGraph {
    private let graph: Graph
    /// The same graph for another batch: an extent that differs is the batch.
    private let larger: Graph
    private let parameters: Parameters
    /// What programs call values: outputs by their own names.
    private let outputNames: [Value: String]
    private var document = IRDocument()
    private var written: [Value: IRDocument.Output] = [:]
    /// What is stored, by the shape that its readers want.
    private var stored: [StoredShape: IRDocument.Output] = [:]

    private struct StoredShape: Hashable {
        let value: Value
        let shape: [Int]
    }

    /// - Throws: `ErdeError` of kind `badData` that lists everything IR cannot hold.
    static func document(_ graph: Graph, _ parameters: Parameters, name: String) throws(ErdeError) -> IRDocument {
        let problems = graph.problems(parameters)
        guard problems.isEmpty else {
            throw ErdeError(
                .badData, name, "cannot be written for OpenVINO: " + problems.joined(separator: "; "),
                remedy: "export it as ONNX")
        }
        var writer = OpenVINOGraph(graph, try graph.rebatched(graph.batch + 1), parameters)
        return writer.write()
    }

    private init(_ graph: Graph, _ larger: Graph, _ parameters: Parameters) {
        self.graph = graph
        self.larger = larger
        self.parameters = parameters
        var names: [Value: String] = [:]
        for output in graph.outputs { names[graph.root(output.value)] = output.name }
        outputNames = names
    }

    private mutating func write() -> IRDocument {
        for input in graph.inputs {
            written[input.value] = document.parameter(graph.name(of: input.value), type(of: input.value))
        }
        for node in graph.nodes { write(node) }
        for output in graph.outputs {
            document.result(output.name, self.output(of: output.value, shape: graph.shape(of: output.value).dimensions))
        }
        return document
    }

    private mutating func write(_ node: Node) {
        let result = node.outputs[0]
        switch graph.openVINO(node) {
        case .layers(let steps): written[result] = write(steps, node)
        case .alias: written[result] = operand(node, 0)
        case .stored: break
        case .refused(let reason): preconditionFailure("\(graph.name(of: result)) was refused before: \(reason)")
        }
    }

    /// Adds the layers of an operator and returns the last one's output.
    private mutating func write(_ steps: [IRStep], _ node: Node) -> IRDocument.Output {
        let result = node.outputs[0]
        let name = graph.name(of: result)
        var previous: IRDocument.Output?
        for (index, step) in steps.enumerated() {
            let isLast = index == steps.count - 1
            let label = isLast ? name : "\(name)_\(step.type)"
            var inputs: [IRDocument.Output] = []
            for (position, source) in step.operands.enumerated() {
                switch source {
                case .operand(let index): inputs.append(operand(node, index))
                case .shaped(let index, let shape): inputs.append(output(of: node.inputs[index], shape: shape))
                case .previous:
                    guard let previous else { preconditionFailure("\(label) reads a step before the first") }
                    inputs.append(previous)
                case .constant(let constant): inputs.append(document.constant("\(label)_constant\(position)", constant))
                }
            }
            previous = document.add(
                step.type, operatorSet: step.operatorSet, named: label, attributes: step.attributes, inputs: inputs,
                IRType(element: step.element, extents: extents(of: step.like ?? result)),
                // Only outputs are named: OpenVINO merges equal layers, and would call an output as the other one.
                tensorName: isLast ? outputNames[result] : nil)
        }
        guard let previous else { preconditionFailure("\(name) is written as no layer") }
        return previous
    }

    private mutating func operand(_ node: Node, _ index: Int) -> IRDocument.Output {
        output(of: node.inputs[index], shape: graph.shape(of: node.inputs[index]).dimensions)
    }

    /// The output of the layer that holds a value, in a shape of the same elements.
    private mutating func output(of value: Value, shape: [Int]) -> IRDocument.Output {
        let key = StoredShape(value: value, shape: shape)
        if let known = stored[key] { return known }
        let name = graph.name(of: value)
        if let content = graph.content(of: value, parameters) {
            let constant = document.constant(name, IRConstant(content, shape: shape))
            stored[key] = constant
            return constant
        }
        if let node = graph.producer(of: value), case .stored(let quantization) = graph.openVINO(node),
            let content = graph.content(of: node.inputs[0], parameters)
        {
            let output = dequantized(content, quantization, shape: shape, of: node)
            stored[key] = output
            return output
        }
        guard let output = written[value] else { preconditionFailure("\(name) is read before it is written") }
        guard shape != graph.shape(of: value).dimensions else { return output }
        let reshaped = document.add(
            "Reshape", named: "\(name)_shaped", attributes: [("special_zero", "false")],
            inputs: [output, document.constant("\(name)_shape", IRConstant(shape))],
            IRType(element: output.type.element, extents: shape))
        stored[key] = reshaped
        return reshaped
    }

    /// What stored integers stand for: layers around the bytes, which OpenVINO takes for quantized weights; floats for a
    /// bias, which it has no integers for.
    private mutating func dequantized(
        _ content: Tensor, _ quantization: Quantization, shape: [Int], of node: Node
    ) -> IRDocument.Output {
        let name = graph.name(of: node.outputs[0])
        guard quantization.dataType != .int32 else {
            return document.constant(name, IRConstant(content.dequantized(quantization), shape: shape))
        }
        let type = IRType(element: .float32, extents: shape)
        let bytes = document.constant(graph.name(of: node.inputs[0]), IRConstant(content, shape: shape))
        let floats = document.add(
            "Convert", named: "\(name)_Convert", attributes: [("destination_type", "f32")], inputs: [bytes], type)
        let scales = IRConstant(Tensor([quantization.scales.count], quantization.scales), shape: quantization.scaleShape(shape))
        return document.add(
            "Multiply", named: name, attributes: [("auto_broadcast", "numpy")],
            inputs: [floats, document.constant("\(name)_scales", scales)], type)
    }

    private func type(of value: Value) -> IRType {
        IRType(element: IRElement(graph.type(of: value).dataType), extents: extents(of: value))
    }

    private func extents(of value: Value) -> [Int?] {
        zip(graph.shape(of: value).dimensions, larger.shape(of: value).dimensions).map { $0 == $1 ? $0 : nil }
    }
}

extension Quantization {
    /// The scales' shape beside a tensor: one for each index along the axes that were axis 0.
    fileprivate func scaleShape(_ shape: [Int]) -> [Int] {
        var rest = scales.count
        return shape.map { extent in
            guard rest > 1 else { return 1 }
            rest /= extent
            return extent
        }
    }
}

extension Tensor {
    /// The floats that integers stand for.
    fileprivate func dequantized(_ quantization: Quantization) -> Tensor {
        let numbers = scalars
        let size = max(1, shape.count / max(1, quantization.scales.count))
        return Tensor(shape, numbers.indices.map { numbers[$0] * quantization.scales[$0 / size] })
    }
}
