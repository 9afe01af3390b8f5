import Artifacts
import Diagnostics
import Graphs
import Tensors

/// A model's graph as C: the constants, the calls of each segment, and where values lie in the workspace.
struct C99Program {
    /// A constant array.
    struct ConstantArray {
        let name: String
        let floats: [Float]
    }

    private(set) var arrays: [ConstantArray] = []
    private(set) var kernels: Set<C99Kernel> = []
    /// The calls of each segment between exits.
    private(set) var segments: [[String]] = []
    /// Where each exit's logits lie, in floats.
    private(set) var logits: [Int] = []
    private(set) var workspace = 0

    /// Calls before it is known where values lie: the text of the call and the names that its places stand for.
    private struct Call {
        let kernel: C99Kernel
        let arguments: String
        let operands: [String]
        let result: String
    }

    private var calls: [[Call]] = []
    private var declared: Set<String> = []
    /// Results that are their operand under another name.
    private var aliases: [String: String] = [:]
    private var lifetimes: [BufferPlan.Lifetime] = []
    private var places: [String: Int] = [:]
    private let parameters: Parameters

    /// - Throws: `ErdeError` of kind `badData` that lists everything that is refused.
    init(_ model: Model) throws(ErdeError) {
        let fast = try model.graph.optimizedForInference(model.parameters)
        let graph = try fast.graph.rebatched(1)
        parameters = fast.parameters
        let problems = C99Program.problems(graph)
        guard problems.isEmpty else {
            throw ErdeError(
                .badData, "model", "cannot be written as C: " + problems.joined(separator: "; "), remedy: "export it as ONNX")
        }
        var step = 0
        var exits: [String] = []
        for segment in graph.exitSegments() {
            calls.append([])
            for node in segment.graph.nodes {
                add(node, of: segment.graph, step: step)
                step += 1
            }
            // The score is taken of the logits before the next segment begins.
            let exit = root(segment.graph.name(of: segment.graph.outputs[0].value))
            read(exit, step: step)
            exits.append(exit)
            step += 1
        }
        let plan = BufferPlan(lifetimes)
        workspace = plan.count
        logits = exits.map { plan.offsets[$0] ?? 0 }
        segments = calls.map { calls in calls.map { text($0, plan) } }
    }

    private static func problems(_ graph: Graph) -> [String] {
        var problems: [String] = []
        for node in graph.nodes {
            let label = "\(node.op.name) \(graph.name(of: node.outputs[0]))"
            switch graph.c99(node) {
            case .refused(let reason): problems.append("\(label): \(reason)")
            case .normalization:
                let stored = node.inputs.dropFirst().allSatisfy { graph.origin(of: $0) == .variable }
                if !stored { problems.append("\(label): its tensors are computed") }
            case .call, .alias: break
            }
        }
        for output in graph.outputs {
            if case .node = graph.origin(of: output.value) { continue }
            problems.append("output \(output.name), which nothing computes")
        }
        return problems
    }

    private func root(_ name: String) -> String { aliases[name].map(root) ?? name }

    private mutating func add(_ node: Node, of graph: Graph, step: Int) {
        let result = graph.name(of: node.outputs[0])
        let first = operand(node.inputs[0], of: graph)
        let call: Call
        var replaced: String?
        switch graph.c99(node) {
        case .alias:
            aliases[result] = first
            return
        case .refused(let reason): preconditionFailure("\(result) was refused before: \(reason)")
        case .normalization(let epsilon):
            let shape = graph.shape(of: node.inputs[0])
            let channels = shape[1]
            call = Call(
                kernel: .channelAffine, arguments: "%0, %1, %2, %y, \(channels), \(shape.count / channels)",
                operands: [first] + normalization(node, of: graph, epsilon: epsilon), result: result)
            replaced = first
        case .call(let kernel, let arguments, let inPlace):
            let others = node.inputs.dropFirst().map { operand($0, of: graph) }
            call = Call(kernel: kernel, arguments: arguments, operands: [first] + others, result: result)
            if inPlace { replaced = first }
        }
        kernels.insert(call.kernel)
        for operand in call.operands { read(operand, step: step) }
        calls[calls.count - 1].append(call)
        if let place = places[result] {
            // Computed again in a later segment.
            lifetimes[place].last = step
            return
        }
        places[result] = lifetimes.count
        lifetimes.append(
            BufferPlan.Lifetime(
                name: result, count: graph.shape(of: node.outputs[0]).count, first: step, last: step, replaces: replaced))
    }

    /// The name of an operand; what is stored becomes a constant array.
    private mutating func operand(_ value: Value, of graph: Graph) -> String {
        let name = graph.name(of: value)
        switch graph.origin(of: value) {
        case .variable: return declare("t_\(name)", parameters[name]?.floats ?? [])
        case .constant: return declare("t_\(name)", graph.constants[value]?.floats ?? [])
        case .input, .node: return root(name)
        }
    }

    private mutating func declare(_ name: String, _ floats: [Float]) -> String {
        if declared.insert(name).inserted { arrays.append(ConstantArray(name: name, floats: floats)) }
        return name
    }

    /// Scale and shift of each channel: `s = scale/√(variance + ε)`, `bias − mean·s`.
    private mutating func normalization(_ node: Node, of graph: Graph, epsilon: Double) -> [String] {
        let tensors = node.inputs.dropFirst().map { (parameters[graph.name(of: $0)]?.floats ?? []).map(Double.init) }
        let name = graph.name(of: node.outputs[0])
        let slopes = zip(tensors[0], tensors[3]).map { $0 / ($1 + epsilon).squareRoot() }
        let shifts = zip(slopes, zip(tensors[1], tensors[2])).map { $1.0 - $1.1 * $0 }
        return [declare("s_\(name)", slopes.map { Float($0) }), declare("o_\(name)", shifts.map { Float($0) })]
    }

    private mutating func read(_ name: String, step: Int) {
        if let place = places[name] { lifetimes[place].last = step }
    }

    private func text(_ call: Call, _ plan: BufferPlan) -> String {
        func place(_ name: String) -> String { plan.offsets[name].map { "workspace + \($0)" } ?? name }
        var arguments = call.arguments.replacing("%y", with: place(call.result))
        // From the last, so that %1 is not taken for the beginning of %10.
        for (index, operand) in call.operands.enumerated().reversed() {
            arguments = arguments.replacing("%\(index)", with: place(operand))
        }
        return "\(call.kernel.function)(\(arguments));"
    }
}
