/// A piece of memory that steps read and write, known by number until the plan gives it an address.
struct Buffer: Hashable {
    let index: Int
}

/// What the plan knows of a buffer.
struct BufferInfo {
    /// How long the content must last.
    enum Lifetime {
        /// From its first write to its last read within one run.
        case run
        /// Between runs: variables, constants, inputs, and what is computed from constants alone.
        case kept
    }

    var byteCount: Int
    var lifetime: Lifetime
}
