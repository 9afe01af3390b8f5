import Artifacts
import Diagnostics
import Graphs
import Tensors

/// A model's graph as C: the constants, the calls of each segment, and where values lie in the workspace.
struct C99Program {
    private(set) var arrays: [C99Constant] = []
    private(set) var kernels: Set<C99Kernel> = []
    private(set) var byteKernels: Set<C99ByteKernel> = []
    /// The calls of each segment between exits.
    private(set) var segments: [[String]] = []
    /// Where each exit's logits lie, in floats.
    private(set) var logits: [Int] = []
    /// In floats; four bytes of a value lie where a float would.
    private(set) var workspace = 0

    private var calls: [[C99Call]] = []
    private var declared: Set<String> = []
    /// Results that are their operand under another name.
    private var aliases: [String: String] = [:]
    private var lifetimes: [BufferPlan.Lifetime] = []
    private var places: [String: Int] = [:]
    /// The element types of computed values that are not floats.
    private var byteTypes: [String: DataType] = [:]
    let parameters: Parameters

    /// - Throws: `ErdeError` of kind `badData` that lists everything that is refused.
    init(_ model: Model) throws(ErdeError) {
        let fast = try model.graph.optimizedForInference(model.parameters)
        let graph = try fast.graph.rebatched(1)
        parameters = fast.parameters
        let problems = C99Program.problems(graph, fast.parameters)
        guard problems.isEmpty else {
            throw ErdeError(
                .badData, "model", "cannot be written as C: " + problems.joined(separator: "; "), remedy: "export it as ONNX")
        }
        var step = 0
        var exits: [String] = []
        for segment in graph.exitSegments() {
            calls.append([])
            addNodes(of: segment.graph, step: &step)
            // The score is taken of the logits before the next segment begins.
            let exit = root(segment.graph.name(of: segment.graph.outputs[0].value))
            read(exit, step: step)
            exits.append(exit)
            step += 1
        }
        let plan = BufferPlan(lifetimes)
        workspace = plan.count
        logits = exits.map { plan.offsets[$0] ?? 0 }
        let byteTypes = byteTypes
        segments = calls.map { calls in calls.map { $0.text(plan.offsets, byteTypes) } }
    }

    private static func problems(_ graph: Graph, _ parameters: Parameters) -> [String] {
        var problems: [String] = []
        let groups = C99Groups(graph: graph, parameters: parameters)
        let fusions = QuantizedFusions(graph, addsAcrossTypes: true)
        for (index, node) in graph.nodes.enumerated() {
            let label = "\(node.op.name) \(graph.name(of: node.outputs[0]))"
            if let problem = fusions.groups[index].flatMap(groups.problem) { problems.append("\(label): \(problem)") }
            switch graph.c99(node) {
            case .refused(let reason): problems.append("\(label): \(reason)")
            case .normalization:
                let stored = node.inputs.dropFirst().allSatisfy { graph.origin(of: $0) == .variable }
                if !stored { problems.append("\(label): its tensors are computed") }
            case .call, .byteCall, .stored, .alias: break
            }
        }
        for output in graph.outputs {
            if case .node = graph.origin(of: output.value) { continue }
            problems.append("output \(output.name), which nothing computes")
        }
        return problems
    }

    func root(_ name: String) -> String { aliases[name].map(root) ?? name }

    private mutating func addNodes(of graph: Graph, step: inout Int) {
        let groups = C99Groups(graph: graph, parameters: parameters)
        let fusions = QuantizedFusions(graph, addsAcrossTypes: true)
        for (index, node) in graph.nodes.enumerated() where !fusions.absorbed.contains(index) {
            if let group = fusions.groups[index] {
                for call in groups.calls(group) { add(call, of: graph, step: step) }
            } else if let weight = graph.linearBytes(node) {
                addLinear(node, weight, of: graph, step: step)
            } else if !graph.isReadAsBytesAlone(node) {
                add(node, of: graph, step: step)
            }
            step += 1
        }
    }

    private mutating func add(_ node: Node, of graph: Graph, step: Int) {
        let result = graph.name(of: node.outputs[0])
        let operation = graph.c99(node)
        if case .stored = operation {
            aliases[result] = declareFloats(of: node, in: graph)
            return
        }
        let first = operand(node.inputs[0], of: graph)
        let call: C99Call
        var replaced: String?
        switch operation {
        case .alias:
            aliases[result] = first
            return
        case .stored, .refused: preconditionFailure("\(result) was refused before, or is stored")
        case .normalization(let epsilon):
            let shape = graph.shape(of: node.inputs[0])
            let channels = shape[1]
            kernels.insert(.channelAffine)
            call = C99Call(
                function: C99Kernel.channelAffine.function,
                arguments: "%0, %1, %2, %y, \(channels), \(shape.count / channels)",
                operands: [first] + normalization(node, of: graph, epsilon: epsilon), result: result)
            replaced = first
        case .call(let kernel, let arguments, let inPlace):
            let others = node.inputs.dropFirst().map { operand($0, of: graph) }
            kernels.insert(kernel)
            call = C99Call(function: kernel.function, arguments: arguments, operands: [first] + others, result: result)
            if inPlace { replaced = first }
        case .byteCall(let kernel, let arguments, let inPlace):
            append(
                kernel, arguments, [first], result: node.outputs[0], of: graph, replacing: inPlace ? first : nil, step: step)
            return
        }
        append(call, type: graph.type(of: node.outputs[0]), replacing: replaced, step: step)
    }

    /// A call of a function on bytes.
    mutating func append(
        _ kernel: C99ByteKernel, _ arguments: String, _ operands: [String], result: Value, of graph: Graph,
        replacing replaced: String? = nil, step: Int
    ) {
        byteKernels.insert(kernel)
        append(
            C99Call(function: kernel.function, arguments: arguments, operands: operands, result: graph.name(of: result)),
            type: graph.type(of: result), replacing: replaced, step: step)
    }

    private mutating func append(_ call: C99Call, type: TensorType, replacing replaced: String?, step: Int) {
        for operand in call.operands { read(operand, step: step) }
        calls[calls.count - 1].append(call)
        if let place = places[call.result] {
            // Computed again in a later segment, or another part of it.
            lifetimes[place].last = step
            return
        }
        if type.dataType != .float32 { byteTypes[call.result] = type.dataType }
        places[call.result] = lifetimes.count
        lifetimes.append(
            BufferPlan.Lifetime(
                name: call.result, count: (type.byteCount + 3) / 4, first: step, last: step,
                replaces: replaced))
    }

    /// The name of an operand; what is stored becomes a constant array.
    mutating func operand(_ value: Value, of graph: Graph) -> String {
        let name = graph.name(of: value)
        switch graph.origin(of: value) {
        case .variable: return declare("t_\(name)", parameters[name] ?? Tensor([0], [Float]()))
        case .constant: return declare("t_\(name)", graph.constants[value] ?? Tensor([0], [Float]()))
        case .input, .node: return root(name)
        }
    }

    mutating func declare(_ name: String, _ tensor: Tensor) -> String {
        if declared.insert(name).inserted { arrays.append(C99Constant(name: name, tensor: tensor)) }
        return name
    }

    /// Scale and shift of each channel.
    private mutating func normalization(_ node: Node, of graph: Graph, epsilon: Double) -> [String] {
        let tensors = node.inputs.dropFirst().map { (parameters[graph.name(of: $0)]?.floats ?? []).map(Double.init) }
        let name = graph.name(of: node.outputs[0])
        let affine = ChannelAffine(tensors, epsilon: epsilon)
        return [("s", affine.slopes), ("o", affine.shifts)].map { prefix, numbers in
            declare("\(prefix)_\(name)", Tensor([numbers.count], numbers.map { Float($0) }))
        }
    }

    private mutating func read(_ name: String, step: Int) {
        if let place = places[name] { lifetimes[place].last = step }
    }
}
