import Diagnostics
import Execution
import Graphs
import Tensors

/// A graph with its variables, run value by value.
final class ReferenceExecutable: Executable {
    let graph: Graph
    private var variables: [Value: Tensor]
    private var inputs: [Value: Tensor] = [:]
    private var outputs: [Value: Tensor] = [:]

    init(graph: Graph, variables: [Value: Tensor]) {
        self.graph = graph
        self.variables = variables
    }

    func write(input: Graph.Input, from bytes: UnsafeRawBufferPointer) throws(ErdeError) {
        let type = graph.type(of: input.value)
        precondition(bytes.count == type.byteCount, "\(bytes.count) bytes for input \(graph[input.value])")
        inputs[input.value] =
            switch type.dataType {
            case .float32: Tensor(type.shape, ReferenceExecutable.scalars(bytes, of: Float.self))
            case .int32: Tensor(type.shape, ReferenceExecutable.scalars(bytes, of: Int32.self))
            case .int8: Tensor(type.shape, int8: ReferenceExecutable.scalars(bytes, of: Int8.self))
            case .uint8: Tensor(type.shape, uint8: ReferenceExecutable.scalars(bytes, of: UInt8.self))
            }
    }

    func run() throws(ErdeError) {
        var leaves = variables.mapValues { DoubleTensor($0) }
        for input in graph.inputs {
            guard let tensor = inputs[input.value] else {
                preconditionFailure("input \(graph.name(of: input.value)) was never written")
            }
            leaves[input.value] = DoubleTensor(tensor)
        }
        let values = ReferenceEngine.evaluate(graph, leaves: leaves)
        func tensor(_ value: Value) -> Tensor { values[value]!.rounded(to: graph.type(of: value).dataType) }
        for output in graph.outputs { outputs[output.value] = tensor(output.value) }
        for update in graph.updates { variables[update.variable] = tensor(update.value) }
    }

    func read(output: Graph.Output, into bytes: UnsafeMutableRawBufferPointer) throws(ErdeError) {
        guard let tensor = outputs[output.value] else { preconditionFailure("\(output.name) is read before a run") }
        tensor.withUnsafeBytes { source in
            precondition(bytes.count == source.count, "\(bytes.count) bytes for output \(output.name) of \(tensor.type)")
            bytes.copyMemory(from: source)
        }
    }

    func read(variable: Variable) throws(ErdeError) -> Tensor { variables[variable.value]! }

    func write(variable: Variable, _ tensor: Tensor) throws(ErdeError) {
        try requireType(of: tensor, for: variable)
        variables[variable.value] = tensor
    }

    /// A copy of `bytes` as scalars; the bytes need not be aligned.
    private static func scalars<Scalar: BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer, of type: Scalar.Type) -> [Scalar] {
        stride(from: 0, to: bytes.count, by: MemoryLayout<Scalar>.size).map {
            bytes.loadUnaligned(fromByteOffset: $0, as: type)
        }
    }
}
