/// The arithmetic an engine may use for activations and convolution weights. Results and variables are float32 always.
package enum Precision: String, Sendable, CaseIterable, Codable {
    /// The fastest that keeps accuracy on this machine.
    case auto
    case float32
    case bfloat16
}
