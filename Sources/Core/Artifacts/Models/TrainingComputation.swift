/// What computed a training. With the same recipe and seed, the weights depend on this to their last bits.
package struct TrainingComputation: Hashable, Sendable, Codable {
    /// Name of the engine.
    package var engine: String
    /// What activations and the weights of convolutions were rounded to: `float32` or `bfloat16`.
    package var precision: String
    /// Worker threads; nil where the engine has none.
    package var threads: Int?

    package init(engine: String, precision: String, threads: Int? = nil) {
        self.engine = engine
        self.precision = precision
        self.threads = threads
    }

    /// What `other` has different, in words, but for the threads, which change the last bits alone; nil if nothing.
    package func difference(to other: TrainingComputation) -> String? {
        if (engine, precision) == (other.engine, other.precision) { return nil }
        return "the engine \(engine) in \(precision), now \(other.engine) in \(other.precision)"
    }
}
