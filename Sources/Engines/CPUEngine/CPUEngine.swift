import CDNNL
package import Diagnostics
package import Execution
package import Graphs

/// Runs graphs on the CPU through oneDNN, in float32.
///
/// Convolutions choose the layouts of activations and weights; the other operators carry them on. Batch normalisation takes
/// the ReLU behind it, a convolution takes the addition and the activation behind it. Memory is planned when a graph is
/// compiled; a run allocates nothing.
package struct CPUEngine: Engine {
    package init() {}

    package var name: String { "cpu (oneDNN \(dnnlVersion()))" }

    package func compile(
        _ graph: Graph, parameters: Parameters, options: CompilationOptions
    ) throws(ErdeError) -> any Executable {
        try CPUExecutable(graph: graph, parameters: parameters, threads: options.threads ?? CPUEngine.processors)
    }

    /// Processors that this process may use.
    package static var processors: Int { max(1, Int(erde_dnnl_processors())) }
}
