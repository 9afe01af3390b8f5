package import Artifacts

/// A file, or the files of one export, that other runtimes run.
package struct ExportedArtifact: Hashable, Sendable {
    /// For whom it is written; the raw value is what `erde export --to` calls it.
    package enum Format: String, Hashable, Sendable, CaseIterable {
        case onnx
        case openvino
        case ncnn
        case tflite
        case safetensors
        case c

        /// How far a runtime may be from erde's answers.
        func tolerance(isQuantized: Bool) -> ParityTolerance {
            switch self {
            case _ where !isQuantized: .float32
            case .tflite, .ncnn: .int8RoundedElsewhere
            case .onnx, .openvino, .safetensors, .c: .int8
            }
        }
    }

    /// What it computes.
    package enum Shape: Hashable, Sendable {
        /// The logits of all exits, or of one: the exit, counted from 0, where it is known.
        case exits(only: Int?)
        /// The answer of the exit at which each image leaves.
        case dynamic(takesThresholds: Bool)
        /// Segments, with a contract for the host that decides.
        case stages
        /// A program that takes the exits itself, with thresholds of its own, and tells every exit's logits on request.
        case program
    }

    /// What people call it.
    package let path: String
    package let format: Format
    package let shape: Shape
    /// The files that runtimes open, in the order of the stages.
    package let files: [String]
    /// The contract of stages.
    package let contract: String?
    /// When images leave, where the files say it.
    package let policy: ExitPolicy?
    /// SHA-256 of the model's file it was made from, where the files say it.
    package let modelHash: String?

    init(
        path: String, format: Format, shape: Shape, files: [String], contract: String? = nil, policy: ExitPolicy? = nil,
        modelHash: String? = nil
    ) {
        self.path = path
        self.format = format
        self.shape = shape
        self.files = files
        self.contract = contract
        self.policy = policy
        self.modelHash = modelHash
    }
}
