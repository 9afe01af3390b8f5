/// What a runner is to do: the JSON that `Runners/main.py` reads.
struct RunnerJob: Encodable {
    /// The Python module that knows the runtime.
    let runner: String
    /// Python modules without which the runtime is not installed.
    let modules: [String]
    /// `exits`, `dynamic`, `stages` or `program`.
    let shape: String
    /// Absolute, in the order of the stages.
    let files: [String]
    let contract: String?
    /// For every exit but the last, as text, so that infinity has a form.
    let thresholds: [String]
    /// Whether a dynamic file has the input theta.
    let takesThresholds: Bool
    /// Given to the runtime as they are.
    let options: [String: String]
    let threads: Int
    /// A file of float32, little endian, `[N, C, H, W]`.
    let images: String
    let channels: Int
    let height: Int
    let width: Int
    let timedImages: Int
    let batches: [Int]
    let secondsPerMeasurement: Double
    let timeoutSeconds: Int
}
