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
    /// Milliseconds that erde takes for the same work, in float32.
    package var milliseconds: [BatchTime]
    package var runtimes: [RuntimeParity]

    package init(
        path: String, format: String, shape: String, exit: Int? = nil, policy: ExitPolicy? = nil,
        milliseconds: [BatchTime], runtimes: [RuntimeParity]
    ) {
        self.path = path
        self.format = format
        self.shape = shape
        self.exit = exit
        self.policy = policy
        self.milliseconds = milliseconds
        self.runtimes = runtimes
    }
}
