import CDNNL
import Diagnostics
import Graphs
import Tensors

/// Turns a graph into a program: chooses primitives and layouts, inserts reorders, names buffers.
struct Lowering {
    /// Where the executable finds what its caller reads and writes.
    struct Places {
        var inputs: [Value: Placement] = [:]
        var variables: [Value: Buffer] = [:]
        var constants: [Value: Buffer] = [:]
        var outputs: [String: Placement] = [:]
    }

    /// A value's content in one layout.
    struct Placement {
        let buffer: Buffer
        let layout: Layout
    }

    /// What a normalisation leaves for its gradient.
    enum NormalizationRecord {
        case primitive(Operation, workspace: Placement?)
        /// Loops of our own, and the buffers of slope and offset.
        case rows(RowNormalization, slope: Buffer, offset: Buffer)
    }

    let graph: Graph
    let machine: Machine
    let fusions: Fusions
    /// What images are kept as: the activations, their gradients, and the weights of convolutions while they are used.
    let imageType: erde_dnnl_type
    /// Inputs and outputs, by name, that callers only carry from one executable to another.
    let carried: Set<String>
    /// Worker threads that loops may use.
    let threads: Int
    /// Whether runs change variables, so that this is training, to which roundings are noise.
    let isTraining: Bool
    /// Images that a convolution's weight gradient reads.
    let trainedOn: Set<Value>
    /// Index of the last node that reads each value, by value id; -1 when none does.
    let lastReaders: [Int]
    /// The variable that becomes this value when the run ends.
    let updated: [Value: Value]
    var program = Program()
    var places = Places()
    /// The same value in every layout made so far, the first as it was produced.
    var placements: [Value: [Placement]] = [:]
    /// A machine for each thread, made for the first operations that run side by side.
    private var machines: [Machine] = []
    /// By the node index of a normalisation with the statistics of its batch.
    var normalizationRecords: [Int: NormalizationRecord] = [:]

    init(
        graph: Graph, machine: Machine, imageType: erde_dnnl_type, carried: Set<String>, threads: Int
    ) throws(ErdeError) {
        self.graph = graph
        self.machine = machine
        self.imageType = imageType
        self.carried = carried
        self.threads = threads
        fusions = Fusions(graph)
        isTraining = !graph.updates.isEmpty
        trainedOn = Set(
            graph.nodes.compactMap { node in
                if case .convolutionWeightGradient = node.op { node.inputs[1] } else { nil }
            })
        lastReaders = graph.consumers().map { $0.last ?? -1 }
        updated = Dictionary(graph.updates.map { ($0.value, $0.variable) }, uniquingKeysWith: { first, _ in first })
        try placeLeaves()
        for (index, node) in graph.nodes.enumerated() where !fusions.absorbed.contains(index) {
            try lower(node, at: index)
        }
        try placeResults()
        program.separateConstants()
    }

    private mutating func placeLeaves() throws(ErdeError) {
        let changing = Set(graph.updates.map(\.variable))
        for input in graph.inputs {
            let layout = try outerLayout(of: input.value, named: graph.name(of: input.value))
            places.inputs[input.value] = try placeLeaf(input.value, as: layout)
        }
        for variable in graph.variables {
            let buffer = try placeLeaf(variable.value, as: plainLayout(of: variable.value)).buffer
            places.variables[variable.value] = buffer
            if !changing.contains(variable.value) { program.settle(buffer) }
        }
        for value in graph.constants.keys.sorted(by: { $0.id < $1.id }) {
            let buffer = try placeLeaf(value, as: plainLayout(of: value)).buffer
            places.constants[value] = buffer
            program.settle(buffer)
        }
    }

    private mutating func placeLeaf(_ value: Value, as layout: Layout) throws(ErdeError) -> Placement {
        let placement = Placement(buffer: program.buffer(byteCount: layout.byteCount, kept: true), layout: layout)
        placements[value] = [placement]
        return placement
    }

    /// An input or output as the caller sees it: row-major, but for images that are only carried, which are as convolutions want
    /// them.
    private func outerLayout(of value: Value, named name: String) throws(ErdeError) -> Layout {
        guard carried.contains(name), dimensions(of: value).count == 4, graph.type(of: value).dataType == .float32 else {
            return try plainLayout(of: value)
        }
        return try .channelsLast(dimensions(of: value), imageType)
    }

    private mutating func placeResults() throws(ErdeError) {
        for output in graph.outputs {
            let layout = try outerLayout(of: output.value, named: output.name)
            places.outputs[output.name] = try placed(output.value, as: layout)
        }
        // Results that are variables themselves are copied aside first, so that all updates see the old contents.
        var copies: [(from: Buffer, to: Buffer, byteCount: Int)] = []
        for update in graph.updates {
            let target = places.variables[update.variable]!
            let source = try plain(update.value)
            guard source.buffer != target else { continue }
            let byteCount = source.layout.byteCount
            if graph.origin(of: update.value) == .variable {
                let aside = program.buffer(byteCount: byteCount)
                appendCopy(from: source.buffer, to: aside, byteCount: byteCount)
                copies.append((aside, target, byteCount))
            } else {
                copies.append((source.buffer, target, byteCount))
            }
        }
        for copy in copies { appendCopy(from: copy.from, to: copy.to, byteCount: copy.byteCount) }
    }

    mutating func appendCopy(from: Buffer, to: Buffer, byteCount: Int) {
        program.append(
            Step(kind: "copy", reads: [from], writes: [to], work: .copy(from: from, to: to, byteCount: byteCount)))
    }

    mutating func machineForEachThread() throws(ErdeError) -> [Machine] {
        while machines.count < threads { machines.append(try Machine()) }
        return machines
    }

    // MARK: Placement

    func dimensions(of value: Value) -> [Int] { graph.shape(of: value).dimensions }

    func plainLayout(of value: Value) throws(ErdeError) -> Layout {
        try .plain(dimensions(of: value), graph.type(of: value).dataType)
    }

    /// The value as its producer laid it out.
    func primary(_ value: Value) -> Placement { placements[value]![0] }

    /// An image as its producer laid it out; one that enters the graph row-major, with channels to speak of, as the
    /// convolutions behind it want it.
    mutating func image(_ value: Value) throws(ErdeError) -> Placement {
        guard case .input = graph.origin(of: value), dimensions(of: value).count == 4, dimensions(of: value)[1] >= 16 else {
            return primary(value)
        }
        return try placed(value, as: .channelsLast(dimensions(of: value), imageType))
    }

    /// The value in float32: as its producer laid it out, unless that is in bfloat16.
    mutating func primaryFloats(_ value: Value) throws(ErdeError) -> Placement {
        let primary = primary(value)
        return primary.layout.type == ERDE_DNNL_BFLOAT16 ? try plain(value) : primary
    }

    /// The value row-major.
    mutating func plain(_ value: Value) throws(ErdeError) -> Placement {
        try placed(value, as: plainLayout(of: value))
    }

    /// The value in a layout, reordered if no step did so before.
    mutating func placed(_ value: Value, as layout: Layout) throws(ErdeError) -> Placement {
        if let found = placements[value]!.first(where: { $0.layout == layout }) { return found }
        let placement = try reordered(primary(value), to: layout)
        placements[value]!.append(placement)
        return placement
    }

    /// A new buffer that holds the same content in another layout.
    mutating func reordered(_ source: Placement, to layout: Layout) throws(ErdeError) -> Placement {
        let target = Placement(buffer: program.buffer(byteCount: layout.byteCount), layout: layout)
        try appendReorder(from: source, to: target)
        return target
    }

    mutating func appendReorder(from source: Placement, to target: Placement) throws(ErdeError) {
        let operation = try Operation("reorder_create", for: "a change of layout") { [machine] result in
            erde_dnnl_reorder_create(machine.handle, source.layout.handle, target.layout.handle, result)
        }
        append("reorder", operation, reads: [(ERDE_DNNL_SRC, source)], writes: [(ERDE_DNNL_DST, target)])
    }

    /// A new buffer for a value, in the layout given or row-major.
    mutating func define(_ value: Value, as layout: Layout? = nil) throws(ErdeError) -> Placement {
        let chosen = if let layout { layout } else { try plainLayout(of: value) }
        let placement = Placement(buffer: program.buffer(byteCount: chosen.byteCount), layout: chosen)
        placements[value] = [placement]
        return placement
    }

    /// A place for a value that replaces a variable at the end of the run: the variable's own memory when nobody reads the
    /// old content after node `index`, a new buffer otherwise.
    mutating func defineUpdate(_ value: Value, at index: Int) throws(ErdeError) -> Placement {
        guard let variable = updated[value], lastReaders[variable.id] <= index else { return try define(value) }
        let placement = placements[variable]![0]
        placements[value] = [placement]
        return placement
    }

    // MARK: Steps

    typealias ArgumentList = [(name: erde_dnnl_argument, placement: Placement)]

    mutating func append(_ kind: String, _ operation: Operation, reads: ArgumentList, writes: ArgumentList) {
        // What is read and written in place is one argument.
        let inPlace = Set(writes.map(\.placement.buffer))
        let arguments = (reads.filter { $0.name != ERDE_DNNL_DST || !inPlace.contains($0.placement.buffer) } + writes).map {
            Step.Argument(name: $0.name, buffer: $0.placement.buffer, layout: $0.placement.layout)
        }
        program.append(
            Step(
                kind: kind, reads: reads.map(\.placement.buffer), writes: writes.map(\.placement.buffer),
                work: .primitive(operation, arguments)))
    }

    mutating func appendHost(
        _ kind: String, reads: [Buffer], writes: [Buffer], _ body: @escaping (MemoryMap) -> Void
    ) {
        program.append(Step(kind: kind, reads: reads, writes: writes, work: .host(body)))
    }
}
