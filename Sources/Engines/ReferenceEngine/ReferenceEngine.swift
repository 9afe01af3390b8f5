package import Diagnostics
package import Execution
package import Graphs
import Tensors

/// Runs graphs with plain loops in double precision: slow, easy to check by eye, and the measure of every other engine.
///
/// Inputs, outputs and variables are float32 at the borders and rounded once, when they leave. The precision and the
/// threads that are asked for change nothing.
package struct ReferenceEngine: Engine {
    package let name = "reference"

    package init() {}

    /// Always float32, the precision at its borders.
    package func precision(for options: CompilationOptions) -> Precision { .float32 }

    package func threads(for options: CompilationOptions) -> Int { 1 }

    package func compile(
        _ graph: Graph, parameters: Parameters, options: CompilationOptions = CompilationOptions()
    ) throws(ErdeError) -> any Executable {
        var contents: [Value: Tensor] = [:]
        for variable in graph.variables {
            let (name, type) = (graph.name(of: variable.value), graph.type(of: variable.value))
            guard let tensor = parameters[name] else {
                throw ErdeError(.badData, name, "expected \(type), found no such variable among the parameters")
            }
            guard tensor.type == type else {
                throw ErdeError(.badData, name, "expected \(type), found \(tensor.type)")
            }
            contents[variable.value] = tensor
        }
        return ReferenceExecutable(graph: graph, variables: contents)
    }
}
