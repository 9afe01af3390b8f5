import CDNNL
package import Diagnostics
package import Execution
package import Graphs

/// Runs graphs on the CPU through oneDNN, in float32 or with images in bfloat16.
///
/// In bfloat16 the activations, their gradients and the weights of convolutions while they are used are rounded to it;
/// variables, statistics, heads, losses and all sums stay in float32.
///
/// Where a graph is quantized, convolutions with what follows them run on bytes from end to end.
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
        let precision = precision(for: options)
        if precision == .bfloat16 && CPUEngine.bfloat16 == .none {
            throw ErdeError(
                .unavailable, "bfloat16", "this processor has no code for it", remedy: "use --precision float32")
        }
        return try CPUExecutable(
            graph: graph, parameters: parameters,
            imageType: precision == .bfloat16 ? ERDE_DNNL_BFLOAT16 : ERDE_DNNL_FLOAT32,
            carried: options.carried, threads: threads(for: options), isProfiled: options.isProfiled)
    }

    package func threads(for options: CompilationOptions) -> Int { options.threads ?? CPUEngine.processors }

    /// bfloat16 where the processor has instructions for it, unless the options say otherwise.
    package func precision(for options: CompilationOptions) -> Precision {
        switch options.precision {
        case .auto: CPUEngine.bfloat16 == .native ? .bfloat16 : .float32
        case .float32, .bfloat16: options.precision
        }
    }

    /// How this processor computes with bfloat16.
    package enum BFloat16Support: Sendable {
        case native
        /// Through float32: right, and slower than that.
        case emulated
        case none
    }

    package static var bfloat16: BFloat16Support {
        switch erde_dnnl_bfloat16_support() {
        case ERDE_DNNL_BFLOAT16_NATIVE: .native
        case ERDE_DNNL_BFLOAT16_EMULATED: .emulated
        default: .none
        }
    }

    /// Whether this processor multiplies matrix tiles (AMX).
    package static var hasTiles: Bool { erde_dnnl_has_tiles() != 0 }

    /// How this processor multiplies bytes.
    package enum Int8Support: Sendable {
        /// With sums in 32 bits (VNNI, AMX).
        case native
        /// With sums of two products that saturate at 16 bits: weights of 7 bits stay right.
        case saturating
        /// In plain loops.
        case plain
    }

    package static var int8: Int8Support {
        switch erde_dnnl_int8_support() {
        case ERDE_DNNL_INT8_NATIVE: .native
        case ERDE_DNNL_INT8_SATURATING: .saturating
        default: .plain
        }
    }

    /// Processors that this process may use.
    package static var processors: Int { max(1, Int(erde_dnnl_processors())) }
}
