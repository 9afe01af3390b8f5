import CProtobufC
import CSchemas
package import Diagnostics
package import Graphs
package import Tensors

/// A foreign graph that can be run as it is, with the tensor for its input: for checks against other runtimes.
package struct RunnableGraph: Sendable {
    package let graph: Graph
    package let parameters: Parameters
    package let inputs: [String: Tensor]
}

extension ForeignModel {
    /// The graph for the tensors of ONNX's own test cases: the first input is fed, the others are stored in the graph, as
    /// weights, shapes and bounds are in any real file.
    ///
    /// - Parameter files: TensorProtos, one for each input in order.
    /// - Throws: `ErdeError` of kind `badData` that names everything erde cannot take over.
    package func runnable(inputFiles files: [String]) throws(ErdeError) -> RunnableGraph {
        var graph = message.graph
        let free = freeInputs
        guard let first = free.first, files.count <= free.count, !files.isEmpty else {
            throw ErdeError(.badData, path, "has \(free.count) inputs, \(files.count) tensors are given")
        }
        let fed = try tensor(files[0])
        guard case .floats(let numbers) = fed.elements, !fed.dimensions.isEmpty, fed.dimensions.allSatisfy({ $0 > 0 }) else {
            throw ErdeError(.badData, path, "input \(printable(first.name)) holds no floats with a batch")
        }
        for (info, file) in zip(free, files).dropFirst() {
            var stored = try tensor(file)
            stored.name = info.name
            graph.initializers.append(stored)
        }
        var builder = GraphBuilder()
        let name = first.name.identifier
        let input = builder.input(name, TensorType(Shape(fed.dimensions)))
        let lowered = try GraphLowering.graph(
            graph, operatorSet: try operatorSet(), builder: builder, input: input, named: first.name, subject: path)
        builder = lowered.builder
        for (index, output) in lowered.outputs.enumerated() {
            guard case .value(let value) = output.binding else {
                throw ErdeError(.badData, path, "output \(printable(output.name)) is a constant")
            }
            builder.output("output_\(index)", value)
        }
        return RunnableGraph(
            graph: builder.graph, parameters: lowered.parameters, inputs: [name: Tensor(Shape(fed.dimensions), numbers)])
    }

    private func tensor(_ file: String) throws(ErdeError) -> ONNXTensor {
        let bytes = try ModelFile.bytes(of: file)
        guard let message = onnx__tensor_proto__unpack(nil, bytes.count, bytes) else {
            throw ErdeError(.badData, file, "is no TensorProto")
        }
        defer { onnx__tensor_proto__free_unpacked(message, nil) }
        return try TensorDecoder(subject: file, source: .anyone(folder: ".")).tensor(message.pointee, as: "tensor")
    }
}
