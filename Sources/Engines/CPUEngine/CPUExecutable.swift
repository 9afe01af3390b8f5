import CDNNL
import Diagnostics
import Execution
import Graphs
import Synchronization
import Tensors

/// A graph lowered to oneDNN primitives and loops, with its memory.
final class CPUExecutable: Executable {
    /// A step with everything looked up.
    private enum BoundStep {
        case primitive(Operation, MemoryBinding)
        case parts([BoundPart])
        case host((MemoryMap) -> Void)
    }

    private struct BoundPart {
        let machine: Machine
        let operation: Operation
        let binding: MemoryBinding
    }

    let graph: Graph
    private let machine: Machine
    private let memory: MemoryMap
    /// Owners of the memory that `memory` points into.
    private let arenas: [Arena]
    private let prologue: [(kind: String, step: BoundStep)]
    private let steps: [(kind: String, step: BoundStep)]
    private let places: Lowering.Places
    private let threads: Int
    private var needsPrologue = true
    private let isProfiled: Bool
    private(set) var profile: [String: Duration] = [:]

    /// - Parameters:
    ///   - imageType: what activations are kept as.
    ///   - carried: inputs and outputs that may have a form of our own.
    init(
        graph: Graph, parameters: Parameters, imageType: erde_dnnl_type, carried: Set<String>, threads: Int, isProfiled: Bool
    ) throws(ErdeError) {
        self.graph = graph
        self.threads = threads
        self.isProfiled = isProfiled
        let machine = try Machine()
        self.machine = machine
        erde_dnnl_set_threads(Int32(threads))
        let lowering = try Lowering(
            graph: graph, machine: machine, imageType: imageType, carried: carried, threads: threads)
        let program = lowering.program
        places = lowering.places
        let lasting = Set(lowering.places.outputs.values.map(\.buffer))
        let elision = CopyElision(of: program, lasting: lasting)
        let plan = MemoryPlan(
            buffers: program.buffers, steps: elision.steps, lasting: lasting, place: elision.place)
        let arena = try Arena(byteCount: plan.arenaSize)
        var arenas = [arena]
        var own: [UnsafeMutableRawPointer] = []
        for (index, buffer) in program.buffers.enumerated() {
            if let offset = plan.offsets[index] {
                own.append(arena.base + offset)
            } else {
                // Kept between runs, or used by no step.
                arenas.append(try Arena(byteCount: elision.places[index].index == index ? buffer.byteCount : 0))
                own.append(arenas.last!.base)
            }
        }
        let addresses = elision.places.map { own[$0.index] }
        self.arenas = arenas
        let memory = MemoryMap(addresses: addresses, threads: threads)
        self.memory = memory
        prologue = try CPUExecutable.bind(program.prologue, memory, machine)
        steps = try CPUExecutable.bind(elision.steps, memory, machine)
        for (value, tensor) in graph.constants {
            tensor.withUnsafeBytes { memory[places.constants[value]!].copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        }
        for variable in graph.variables {
            let name = graph.name(of: variable.value)
            guard let tensor = parameters[name] else {
                throw ErdeError(.badData, name, "this variable of the graph has no value")
            }
            try write(variable: variable, tensor)
        }
    }

    private static func bind(
        _ steps: [Step], _ memory: MemoryMap, _ machine: Machine
    ) throws(ErdeError) -> [(kind: String, step: BoundStep)] {
        var bound: [(kind: String, step: BoundStep)] = []
        for step in steps {
            switch step.work {
            case .host(let body):
                bound.append((step.kind, .host(body)))
            case .copy(let from, let to, let byteCount):
                let (source, target) = (memory[from], memory[to])
                bound.append((step.kind, .host { copyInParallel(from: source, to: target, byteCount, $0.threads) }))
            case .primitive(let operation, let arguments):
                bound.append((step.kind, .primitive(operation, try bind(arguments, memory, machine))))
            case .parts(let parts):
                var boundParts: [BoundPart] = []
                for part in parts {
                    let binding = try bind(part.arguments, memory, part.machine)
                    boundParts.append(BoundPart(machine: part.machine, operation: part.operation, binding: binding))
                }
                bound.append((step.kind, .parts(boundParts)))
            }
        }
        return bound
    }

    private static func bind(
        _ arguments: [Step.Argument], _ memory: MemoryMap, _ machine: Machine
    ) throws(ErdeError) -> MemoryBinding {
        let binding = MemoryBinding()
        for argument in arguments {
            try binding.add(argument.name, argument.layout, at: memory[argument.buffer] + argument.offset, of: machine)
        }
        return binding
    }

    // MARK: Running

    func run() throws(ErdeError) {
        erde_dnnl_set_threads(Int32(threads))
        if needsPrologue {
            try execute(prologue)
            needsPrologue = false
        }
        try execute(steps)
    }

    private func execute(_ steps: [(kind: String, step: BoundStep)]) throws(ErdeError) {
        for (kind, step) in steps {
            if isProfiled {
                let start = ContinuousClock.now
                try execute(kind, step)
                profile[name(kind, step), default: .zero] += ContinuousClock.now - start
            } else {
                try execute(kind, step)
            }
        }
        try checkDNNL("stream_wait", doing: "finishing a run", erde_dnnl_wait(machine.handle))
    }

    private func execute(_ kind: String, _ step: BoundStep) throws(ErdeError) {
        switch step {
        case .host(let body):
            body(memory)
        case .primitive(let operation, let binding):
            try checkDNNL("primitive_execute", doing: "running \(kind)", operation.execute(on: machine, with: binding))
        case .parts(let parts):
            // The machine's own threads are not nested: each part runs on the thread that has it.
            let status = Atomic<Int32>(0)
            inParallel(parts.count, threads: threads) { index in
                erde_dnnl_set_threads(1)
                let part = parts[index]
                let result = part.operation.execute(on: part.machine, with: part.binding)
                if result != 0 { status.store(result, ordering: .relaxed) }
            }
            erde_dnnl_set_threads(Int32(threads))
            try checkDNNL("primitive_execute", doing: "running \(kind)", status.load(ordering: .relaxed))
        }
    }

    /// The kind of work, and the code that does it.
    private func name(_ kind: String, _ step: BoundStep) -> String {
        switch step {
        case .host: kind
        case .primitive(let operation, _): "\(kind) \(operation.implementation)"
        case .parts(let parts): "\(kind) \(parts[0].operation.implementation)"
        }
    }

    // MARK: Inputs, outputs, variables

    func byteCount(of input: Graph.Input) -> Int { places.inputs[input.value]!.layout.byteCount }

    func byteCount(of output: Graph.Output) -> Int { places.outputs[output.name]!.layout.byteCount }

    func write(input: Graph.Input, from bytes: UnsafeRawBufferPointer) throws(ErdeError) {
        precondition(bytes.count == byteCount(of: input), "\(bytes.count) bytes for \(graph[input.value])")
        guard let source = bytes.baseAddress else { return }
        memory[places.inputs[input.value]!.buffer].copyMemory(from: source, byteCount: bytes.count)
    }

    func read(output: Graph.Output, into bytes: UnsafeMutableRawBufferPointer) throws(ErdeError) {
        precondition(bytes.count == byteCount(of: output), "\(bytes.count) bytes for \(graph[output.value])")
        bytes.baseAddress?.copyMemory(from: memory[places.outputs[output.name]!.buffer], byteCount: bytes.count)
    }

    func read(output: Graph.Output, image: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ErdeError) {
        precondition((image + 1) * bytes.count <= byteCount(of: output), "image \(image) of \(graph[output.value])")
        bytes.baseAddress?.copyMemory(
            from: memory[places.outputs[output.name]!.buffer] + image * bytes.count, byteCount: bytes.count)
    }

    func read(variable: Variable) throws(ErdeError) -> Tensor {
        let (shape, base) = (graph.shape(of: variable.value), memory[places.variables[variable.value]!])
        func scalars<Scalar>() -> [Scalar] {
            Array(UnsafeBufferPointer(start: base.assumingMemoryBound(to: Scalar.self), count: shape.count))
        }
        switch graph.type(of: variable.value).dataType {
        case .float32: return Tensor(shape, scalars() as [Float])
        case .int32: return Tensor(shape, scalars() as [Int32])
        case .int8: return Tensor(shape, int8: scalars())
        case .uint8: return Tensor(shape, uint8: scalars())
        }
    }

    func write(variable: Variable, _ tensor: Tensor) throws(ErdeError) {
        try requireType(of: tensor, for: variable)
        tensor.withUnsafeBytes {
            guard let source = $0.baseAddress else { return }
            memory[places.variables[variable.value]!].copyMemory(from: source, byteCount: $0.count)
        }
        needsPrologue = true
    }
}
