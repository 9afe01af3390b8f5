import Tensors

/// The part of a graph with exits that runs when images did not leave at the exit before.
///
/// Between segments a caller keeps tensors by name: the graph's input at first, then the outputs of each segment as it
/// runs. Each segment takes its inputs from there; all have the batch at axis 0, so that rows of images that left can be
/// removed.
package struct ExitSegment: Sendable {
    /// Inputs: the tensors by name that this segment reads. Outputs: the exit's, then those that later segments read.
    package let graph: Graph
    /// Names of all tensors, of this segment or earlier, that later segments read; the others can be dropped.
    package let liveAfter: [String]
}

extension Graph {
    /// Splits the graph at its outputs: segment k computes what output k needs and no earlier output needed.
    ///
    /// Running the segments in order, each with the same images, gives the whole graph's outputs. What does not depend on
    /// an input is computed again where it is needed. Updates are left out.
    package func exitSegments() -> [ExitSegment] {
        let carriable = valuesDependingOnInputs()
        var known = Set(inputs.map(\.value))
        var parts: [(nodes: [Int], reads: Set<Value>, computed: Set<Value>)] = []
        for output in outputs {
            let kept = nodesNeeded(for: [output.value], given: known)
            let computed = Set(kept.flatMap { nodes[$0].outputs })
            let reads = Set(kept.flatMap { nodes[$0].inputs } + [output.value]).intersection(known)
            parts.append((kept, reads, computed))
            known.formUnion(computed.intersection(carriable))
        }
        func ordered(_ values: Set<Value>) -> [Value] { values.sorted { $0.id < $1.id } }
        return parts.indices.map { index in
            let part = parts[index]
            let readLater = parts[(index + 1)...].reduce(into: Set<Value>()) { $0.formUnion($1.reads) }
            let exit = outputs[index]
            let carried = ordered(part.computed.intersection(readLater)).filter {
                $0 != exit.value || name(of: $0) != exit.name
            }
            let graph = subgraph(
                nodes: part.nodes,
                inputs: ordered(part.reads).map { value in
                    Input(value: value, isBatched: inputs.first { $0.value == value }?.isBatched ?? true)
                },
                outputs: [exit] + carried.map { Output(name: name(of: $0), value: $0) },
                updates: [])
            let present = parts[...index].reduce(into: Set(inputs.map(\.value))) { $0.formUnion($1.computed) }
            return ExitSegment(graph: graph, liveAfter: ordered(readLater.intersection(present)).map(name(of:)))
        }
    }

    private func valuesDependingOnInputs() -> Set<Value> {
        var depending = Set(inputs.map(\.value))
        for node in nodes where node.inputs.contains(where: depending.contains) { depending.formUnion(node.outputs) }
        return depending
    }
}
