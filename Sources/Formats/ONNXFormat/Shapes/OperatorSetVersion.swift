import Graphs

/// The versions of ONNX's operator set that exported files may use, and what changes between them.
package enum OperatorSetVersion {
    package static let standard = ONNXWriter.operatorSet
    package static let supported: ClosedRange<Int64> = 17...21

    /// The oldest IR that may import an operator set (ONNX, "Versioning", table of released versions), but not below 8.
    static func irVersion(for operatorSet: Int64) -> Int64 {
        switch operatorSet {
        case ...18: ONNXWriter.irVersion
        case 19, 20: 9
        default: 10
        }
    }

    /// Reductions that take their axes as an input since version 18; `ReduceSum` does since 13.
    private static let reductions: Set<String> = ["ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare"]

    /// A graph written for version 17 in the words of another version; subgraphs included.
    static func adapted(_ graph: ONNXGraph, to operatorSet: Int64) -> ONNXGraph {
        guard operatorSet >= 18 else { return graph }
        var names = graph.allNames
        return movingAxesToInputs(graph, &names)
    }

    private static func movingAxesToInputs(_ graph: ONNXGraph, _ names: inout Set<String>) -> ONNXGraph {
        var result = graph
        for index in graph.nodes.indices {
            for (place, attribute) in graph.nodes[index].attributes.enumerated() {
                guard case .graph(let inner) = attribute.value else { continue }
                result.nodes[index].attributes[place].value = .graph(movingAxesToInputs(inner, &names))
            }
            guard reductions.contains(graph.nodes[index].type),
                let place = graph.nodes[index].attributes.firstIndex(where: { $0.name == "axes" }),
                case .integers(let axes) = graph.nodes[index].attributes[place].value
            else { continue }
            let name = unused("\(graph.nodes[index].name)_axes", &names)
            result.nodes[index].attributes.remove(at: place)
            result.nodes[index].inputs.append(name)
            result.initializers.append(ONNXTensor(name: name, dimensions: [axes.count], elements: .integers(axes)))
        }
        return result
    }
}
