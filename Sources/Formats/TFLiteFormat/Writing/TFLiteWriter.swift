import Artifacts
import Diagnostics
import Graphs
import Tensors

/// Writes one network as a TensorFlow Lite graph.
///
/// Every value gets a tensor in the order of axes that its operator gives; where a reader wants the other order, a transpose
/// is written once.
struct TFLiteWriter {
    let graph: Graph
    let parameters: Parameters
    private(set) var result: TFLiteGraph
    let fusions: ActivationFusions
    let byteGroups: ByteGroups
    let readers: [[Int]]
    /// Where values are, by order of axes.
    private var places: [Value: [AxisOrder: Int]] = [:]
    /// Rows of features whose elements lie channels last, and the image that they were; only fully connected layers read them.
    var flattened: [Value: Shape] = [:]
    private var names: Set<String> = []

    /// - Throws: `ErdeError` of kind `badData` that lists everything that TensorFlow Lite cannot hold.
    static func graph(of network: ExportNetwork) throws(ErdeError) -> TFLiteGraph {
        let problems = network.graph.problemsInTFLite()
        guard problems.isEmpty else {
            throw ErdeError(
                .badData, "model", "cannot be written as TensorFlow Lite: " + problems.joined(separator: "; "),
                remedy: "export it as ONNX")
        }
        var writer = TFLiteWriter(network)
        for input in writer.graph.inputs {
            let tensor = writer.define(input.value)
            writer.result.inputs.append(.init(name: writer.graph.name(of: input.value), tensor: tensor))
        }
        let absorbed = writer.fusions.absorbed.union(writer.byteGroups.absorbed)
        for node in writer.graph.nodes where !absorbed.contains(node.outputs[0]) { writer.write(node) }
        for output in writer.graph.outputs {
            let tensor = writer.operand(output.value, .preferred(rank: writer.graph.shape(of: output.value).rank))
            writer.result.outputs.append(.init(name: output.name, tensor: tensor))
        }
        return writer.result
    }

    private init(_ network: ExportNetwork) {
        graph = network.graph
        parameters = network.parameters
        fusions = ActivationFusions(network.graph)
        byteGroups = ByteGroups(network.graph)
        readers = network.graph.consumers()
        result = TFLiteGraph(name: network.name)
    }

    private mutating func write(_ node: Node) {
        switch graph.tflite(node) {
        case .convolution(let attributes): convolution(node, attributes)
        case .fullyConnected(let transposed): fullyConnected(node, transposed: transposed)
        case .normalization(let epsilon): normalization(node, epsilon: epsilon)
        case .pool(let code, let attributes):
            let operand = operand(node.inputs[0], .channelsLast)
            pool(node, code, attributes, operand, define(node.outputs[0], .channelsLast))
        case .reduction(let code, let reduction): self.reduction(node, code, reduction)
        case .chain(let steps): chain(node, steps)
        case .errorFunction: errorFunction(node)
        case .binary(let code): binary(node, code)
        case .pad(let padding): pad(node, padding)
        case .crop(let padding): crop(node, padding)
        case .channels(let start, let count): channels(node, start: start, count: count)
        case .concatenation: concatenation(node)
        case .reshape: reshape(node)
        case .transpose(let permutation): transpose(node, permutation)
        case .quantize: quantize(node)
        case .dequantize: break
        case .alias: places[node.outputs[0]] = places[node.inputs[0]]
        case .refused(let reason): preconditionFailure("\(graph.name(of: node.outputs[0])) was refused before: \(reason)")
        }
    }

    // MARK: Tensors

    /// Adds a tensor under a name that no other has.
    mutating func tensor(
        _ name: String, _ shape: [Int], type: ElementType = .float32, isBatched: Bool = true,
        quantization: TFLiteTensor.Quantization? = nil, content: [UInt8]? = nil
    ) -> Int {
        result.tensors.append(
            TFLiteTensor(
                name: unused(name, &names), type: type, shape: shape, isBatched: isBatched && !shape.isEmpty,
                quantization: quantization, content: content))
        return result.tensors.count - 1
    }

    /// Adds the tensor of a computed value.
    mutating func define(_ value: Value, _ order: AxisOrder? = nil) -> Int {
        let shape = graph.shape(of: value)
        let order = order ?? .preferred(rank: shape.rank)
        let name = graph.name(of: value) + (places[value] == nil ? "" : order == .graph ? "_nchw" : "_nhwc")
        let quantization = quantization(of: value)
        let tensor = tensor(
            name, order.axes(rank: shape.rank).map { shape[$0] }, type: quantization == nil ? .float32 : .int8,
            quantization: quantization)
        places[value, default: [:]][order] = tensor
        return tensor
    }

    /// Says that a value lies where another tensor is.
    mutating func define(_ value: Value, _ order: AxisOrder, as tensor: Int) { places[value, default: [:]][order] = tensor }

    /// An order of axes in which a computed value is there already.
    func order(of value: Value) -> AxisOrder {
        let preferred = AxisOrder.preferred(rank: graph.shape(of: value).rank)
        guard let known = places[value], known[preferred] == nil else { return preferred }
        return preferred.other
    }

    /// The tensor of a computed value; where it lies in the other order, behind a transpose.
    mutating func operand(_ value: Value, _ order: AxisOrder) -> Int {
        if let tensor = places[value]?[order] { return tensor }
        let shape = graph.shape(of: value)
        if let tensor = places[value]?[order.other] {
            let target = order.axes(rank: shape.rank)
            let source = order.other.axes(rank: shape.rank)
            let converted = define(value, order)
            if shape.isSameInBothOrders {
                append(.reshape, [tensor, shapeTensor(of: converted)], converted)
            } else {
                let permutation = target.map { source.firstIndex(of: $0)! }
                append(.transpose, [tensor, integers(permutation, graph.name(of: value) + "_axes")], converted)
            }
            return converted
        }
        // Floats that bytes stand for are made where they are read.
        guard let producer = graph.producer(of: value), case .dequantize = producer.op else {
            preconditionFailure("\(graph.name(of: value)) is read before it is computed")
        }
        let bytes = operand(producer.inputs[0], self.order(of: producer.inputs[0]))
        let floats = define(value, self.order(of: producer.inputs[0]))
        append(.dequantize, version: 2, [bytes], floats)
        return operand(value, order)
    }

    /// A constant of integers, such as axes.
    mutating func integers(_ values: [Int], _ name: String, shape: [Int]? = nil) -> Int {
        tensor(
            name, shape ?? [values.count], type: .int32, isBatched: false,
            content: values.map { Int32($0) }.withUnsafeBytes { Array($0) })
    }

    /// A constant of floats.
    mutating func floats(_ values: [Float], _ name: String, shape: [Int]) -> Int {
        tensor(name, shape, isBatched: false, content: values.withUnsafeBytes { Array($0) })
    }

    /// A constant that says the shape of a tensor to a `RESHAPE`, for any batch.
    mutating func shapeTensor(of tensor: Int) -> Int {
        let tensor = result.tensors[tensor]
        return integers([-1] + tensor.shape.dropFirst(), tensor.name + "_shape")
    }

    func shape(of tensor: Int) -> [Int] { result.tensors[tensor].shape }

    // MARK: Operators

    mutating func append(
        _ code: BuiltinOperator, version: Int32 = 1, _ inputs: [Int], _ output: Int,
        options: (type: BuiltinOptions, table: FlatTable)? = nil
    ) {
        result.operators.append(
            TFLiteOperator(code: code, version: version, options: options, inputs: inputs, outputs: [output]))
    }

    /// Where a node's result goes, and the activation that it takes along.
    func target(of node: Node) -> (value: Value, activation: FusedActivation) {
        fusions.results[node.outputs[0]] ?? (node.outputs[0], .none)
    }
}

extension Shape {
    /// Whether an image's elements lie alike with channels first and last.
    var isSameInBothOrders: Bool { rank != 4 || self[1] == 1 || self[2] * self[3] == 1 }
}
