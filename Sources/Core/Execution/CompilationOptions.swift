/// What a caller asks of an engine beside the graph itself.
package struct CompilationOptions: Sendable {
    package var precision: Precision
    /// Worker threads; nil takes what the machine has.
    package var threads: Int?
    /// Whether to keep count of where the time goes, which costs a little.
    package var isProfiled: Bool

    package init(precision: Precision = .float32, threads: Int? = nil, isProfiled: Bool = false) {
        self.precision = precision
        self.threads = threads
        self.isProfiled = isProfiled
    }
}
