/// What a caller asks of an engine beside the graph itself.
package struct CompilationOptions: Sendable {
    package var precision: Precision
    /// Worker threads; nil takes what the machine has.
    package var threads: Int?

    package init(precision: Precision = .float32, threads: Int? = nil) {
        self.precision = precision
        self.threads = threads
    }
}
