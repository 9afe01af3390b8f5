/// What runtimes make of one exported file, or of the files of one export.
package struct FileParity: Hashable, Sendable, Codable {
    package var path: String
    /// What the file is written for: `onnx`, `openvino`, `ncnn`, `tflite`, `safetensors` or `c`.
    package var format: String
    /// What it computes: `all`, `cut`, `dynamic`, `stages` or `program`.
    package var shape: String
    /// The exit of a cut, counted from 1.
    package var exit: Int?
    /// When images leave.
    package var policy: ExitPolicy?
    /// How far runtimes may be from erde's answers.
    package var tolerance: ParityTolerance
    /// What erde computes in: `float32` or, of quantized models, `int8`.
    package var precision: String
    /// Milliseconds that erde takes for the same work.
    package var milliseconds: [BatchTime]
    package var runtimes: [RuntimeParity]

    /// Whether a runtime was there to run it.
    package var wasRun: Bool { runtimes.contains { $0.verdict != .notFound } }

    package init(
        path: String, format: String, shape: String, exit: Int? = nil, policy: ExitPolicy? = nil,
        tolerance: ParityTolerance, precision: String, milliseconds: [BatchTime], runtimes: [RuntimeParity]
    ) {
        self.path = path
        self.format = format
        self.shape = shape
        self.exit = exit
        self.policy = policy
        self.tolerance = tolerance
        self.precision = precision
        self.milliseconds = milliseconds
        self.runtimes = runtimes
    }
}
