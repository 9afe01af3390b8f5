import Artifacts

/// A graph in which each image of a batch leaves at the first exit that is sure of it.
///
/// After each exit but the last: the score, `Less` than the threshold, `NonZero` of those that stay, `Gather` of their
/// rows, the deeper segment, `ScatterND` of its answers. The deeper segment is a branch of `If`, taken only when an image
/// stays: so nothing is computed for nobody, and no runtime meets a batch of zero images, which some refuse (OpenVINO's
/// pooling does). The branches nest, one in another, and see the values around them.
struct DynamicGraph {
    /// What the file's inputs and outputs are called.
    enum Name {
        static let thresholds = "theta"
        static let logits = "logits"
        static let probability = "probability"
        static let exit = "exit"
        static let macs = "macs"
        static let all: Set<String> = [thresholds, logits, probability, exit, macs]
    }

    private let parts: SegmentedGraph
    private let policy: ExitPolicy
    private let takesThresholds: Bool
    private let cumulativeMACs: [Int]
    private var list: NodeList
    /// Names of nodes and tensors of segments that are in the file.
    private var added: Set<String> = []
    /// Names of constants that every scope reads: the lists of one axis, 0 and 1.
    private let axis0: String
    private let axis1: String

    /// - Parameters:
    ///   - parts: at least two segments, without the names in `Name.all`.
    ///   - policy: a threshold for every exit but the last.
    static func graph(
        _ parts: SegmentedGraph, policy: ExitPolicy, takesThresholds: Bool, cumulativeMACs: [Int]
    ) -> ONNXGraph {
        var dynamic = DynamicGraph(parts, policy, takesThresholds, cumulativeMACs)
        return dynamic.build()
    }

    private init(_ parts: SegmentedGraph, _ policy: ExitPolicy, _ takesThresholds: Bool, _ cumulativeMACs: [Int]) {
        self.parts = parts
        self.policy = policy
        self.takesThresholds = takesThresholds
        self.cumulativeMACs = cumulativeMACs
        list = NodeList(avoiding: parts.names.union(Name.all))
        axis0 = list.constant("axis_0", list: [0])
        axis1 = list.constant("axis_1", list: [1])
    }

    private mutating func build() -> ONNXGraph {
        let answer = answers(from: 0, reading: [:])
        result("Identity", answer.logits, Name.logits)
        result("Identity", answer.exit, Name.exit)
        result("Softmax", Name.logits, Name.probability, attributes: [.integer("axis", 1)])
        // Exits count from 1.
        let costs = list.constant("macs_per_exit", list: [0] + cumulativeMACs)
        result("Gather", costs, Name.exit, Name.macs, attributes: [.integer("axis", 0)])
        let batch = ONNXValueInfo.Dimension.named("N")
        var inputs = parts.segments[0].inputs
        if takesThresholds {
            inputs.append(
                ONNXValueInfo(name: Name.thresholds, elementType: 1, shape: [.fixed(Int64(policy.thresholds.count))]))
        }
        let rows = [batch, .fixed(Int64(parts.classes))]
        return ONNXGraph(
            name: parts.whole.name, nodes: list.nodes, initializers: list.initializers, inputs: inputs,
            outputs: [
                ONNXValueInfo(name: Name.logits, elementType: 1, shape: rows),
                ONNXValueInfo(name: Name.probability, elementType: 1, shape: rows),
                ONNXValueInfo(name: Name.exit, elementType: 7, shape: [batch]),
                ONNXValueInfo(name: Name.macs, elementType: 7, shape: [batch]),
            ])
    }

    /// Adds the node of an output of the file: its operands, then its name.
    private mutating func result(_ type: String, _ names: String..., attributes: [ONNXAttribute] = []) {
        let name = names[names.count - 1]
        list.append(
            ONNXNode(type: type, name: name, inputs: names.dropLast(), outputs: [name], attributes: attributes))
    }

    /// The names of the answers for the images that reached a segment.
    private struct Answer {
        /// `[n, K]`
        let logits: String
        /// int64 `[n]`, counted from 1.
        let exit: String
    }

    /// Adds a segment and, nested, all behind it.
    ///
    /// - Parameter rows: where values of earlier segments are, by name, for the images that reached this one.
    private mutating func answers(from index: Int, reading rows: [String: String]) -> Answer {
        let segment = parts.segments[index]
        add(segment, reading: rows)
        let prefix = "exit\(index + 1)"
        let own = Answer(
            logits: segment.logits.name, exit: repeated(index + 1, forRowsOf: segment.logits.name, prefix: prefix))
        guard index < policy.thresholds.count else { return own }

        let score = list.score(
            policy.score, of: own.logits, classes: parts.classes, prefix: "\(prefix)_gate", named: "\(prefix)_score")
        let leaves = list.add("Less", score, threshold(index), named: "\(prefix)_leaves")
        let stays = list.add("Not", leaves, named: "\(prefix)_stays")
        let places = list.add("NonZero", stays, named: "\(prefix)_places")
        let staying = list.add("Squeeze", places, axis0, named: "\(prefix)_staying")
        let count = list.add("Shape", staying, named: "\(prefix)_count")
        let any = list.add("Squeeze", list.add("Greater", count, axis0, named: "\(prefix)_some"), axis0, named: "\(prefix)_any")

        list.beginSubgraph()
        let merged = merge(own, with: index + 1, staying: staying, reading: rows, prefix: prefix)
        let deeper = list.endSubgraph("after_\(prefix)", outputs: infos(of: merged))
        list.beginSubgraph()
        let kept = Answer(
            logits: list.add("Identity", own.logits, named: "\(prefix)_kept_logits"),
            exit: list.add("Identity", own.exit, named: "\(prefix)_kept_exit"))
        let final = list.endSubgraph("end_at_\(prefix)", outputs: infos(of: kept))

        let answer = Answer(
            logits: list.unusedName("\(prefix)_or_later_logits"), exit: list.unusedName("\(prefix)_or_later_exit"))
        list.append(
            ONNXNode(
                type: "If", name: answer.logits, inputs: [any], outputs: [answer.logits, answer.exit],
                attributes: [
                    ONNXAttribute(name: "else_branch", value: .graph(final)),
                    ONNXAttribute(name: "then_branch", value: .graph(deeper)),
                ]))
        return answer
    }

    /// Adds what the images that stay get from a segment and those behind it, put in the places of these images.
    private mutating func merge(
        _ own: Answer, with next: Int, staying: String, reading rows: [String: String], prefix: String
    ) -> Answer {
        var gathered: [String: String] = [:]
        for name in parts.segments[next - 1].liveAfter {
            gathered[name] = list.add(
                "Gather", rows[name] ?? name, staying, named: "\(name)_after_\(prefix)", attributes: [.integer("axis", 0)])
        }
        let inner = answers(from: next, reading: gathered)
        let indices = list.add("Unsqueeze", staying, axis1, named: "\(prefix)_indices")
        return Answer(
            logits: list.add("ScatterND", own.logits, indices, inner.logits, named: "\(prefix)_merged_logits"),
            exit: list.add("ScatterND", own.exit, indices, inner.exit, named: "\(prefix)_merged_exit"))
    }

    /// Adds a segment's nodes. What depends on no image is already there when an earlier segment needed it too.
    private mutating func add(_ segment: SegmentedGraph.Segment, reading rows: [String: String]) {
        for var node in segment.nodes where added.insert(node.name).inserted {
            node.inputs = node.inputs.map { rows[$0] ?? $0 }
            list.append(node)
        }
        list.append(segment.initializers.filter { added.insert($0.name).inserted })
    }

    /// Adds int64 `[n]` that holds a number for each row of a value.
    private mutating func repeated(_ number: Int, forRowsOf value: String, prefix: String) -> String {
        let shape = list.add("Shape", value, named: "\(prefix)_shape")
        let rows = list.add("Gather", shape, axis0, named: "\(prefix)_rows", attributes: [.integer("axis", 0)])
        return list.add("Expand", list.constant("\(prefix)_number", list: [number]), rows, named: "\(prefix)_taken")
    }

    /// The threshold of an exit: a scalar.
    private mutating func threshold(_ exit: Int) -> String {
        guard takesThresholds else {
            return list.constant("exit\(exit + 1)_threshold", scalar: policy.thresholds[exit])
        }
        let place = list.constant("exit\(exit + 1)_place", scalar: exit)
        return list.add(
            "Gather", Name.thresholds, place, named: "exit\(exit + 1)_threshold", attributes: [.integer("axis", 0)])
    }

    /// The outputs of a branch; how many images it has is known only at run time.
    private func infos(of answer: Answer) -> [ONNXValueInfo] {
        [
            ONNXValueInfo(name: answer.logits, elementType: 1, shape: [.unknown, .fixed(Int64(parts.classes))]),
            ONNXValueInfo(name: answer.exit, elementType: 7, shape: [.unknown]),
        ]
    }
}
