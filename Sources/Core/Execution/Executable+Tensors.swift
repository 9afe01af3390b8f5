package import Diagnostics
package import Graphs
package import Tensors

extension Executable {
    /// Runs once with inputs and outputs by name, as tensors. Every input of the graph must be given, with its type.
    package func run(_ inputs: [String: Tensor]) throws(ErdeError) -> [String: Tensor] {
        for input in graph.inputs {
            let name = graph.name(of: input.value)
            guard let tensor = inputs[name] else { preconditionFailure("input \(name) is not given") }
            precondition(tensor.type == graph.type(of: input.value), "\(name): \(tensor.type) for \(graph[input.value])")
            try write(input: input, tensor)
        }
        try run()
        var results: [String: Tensor] = [:]
        for output in graph.outputs { results[output.name] = try read(output: output) }
        return results
    }

    /// Puts a tensor in place for the next run.
    package func write(input: Graph.Input, _ tensor: Tensor) throws(ErdeError) {
        var failure: ErdeError?
        tensor.withUnsafeBytes { bytes in
            do throws(ErdeError) { try write(input: input, from: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// An output of the last run.
    package func read(output: Graph.Output) throws(ErdeError) -> Tensor {
        let type = graph.type(of: output.value)
        switch type.dataType {
        case .float32: return Tensor(type.shape, try scalars(of: output, count: type.shape.count) as [Float])
        case .int32: return Tensor(type.shape, try scalars(of: output, count: type.shape.count) as [Int32])
        case .int8: return Tensor(type.shape, int8: try scalars(of: output, count: type.shape.count))
        case .uint8: return Tensor(type.shape, uint8: try scalars(of: output, count: type.shape.count))
        }
    }

    /// An output's elements, read straight into the array's own memory.
    @inline(__always)
    private func scalars<Scalar: BitwiseCopyable>(
        of output: Graph.Output, count: Int
    ) throws(ErdeError) -> [Scalar] {
        var failure: ErdeError?
        let scalars = [Scalar](unsafeUninitializedCapacity: count) { buffer, written in
            do throws(ErdeError) {
                try read(output: output, into: UnsafeMutableRawBufferPointer(buffer))
                written = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return scalars
    }

    /// The contents of all variables with one of the roles given.
    package func parameters(
        roles: Set<Variable.Role> = [.weight, .bias, .statistic]
    ) throws(ErdeError) -> Parameters {
        var parameters = Parameters()
        for variable in graph.variables where roles.contains(variable.role) {
            parameters[graph.name(of: variable.value)] = try read(variable: variable)
        }
        return parameters
    }
}
