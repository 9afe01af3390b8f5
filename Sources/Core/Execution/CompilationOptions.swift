/// What a caller asks of an engine beside the graph itself.
package struct CompilationOptions: Sendable {
    package var precision: Precision
    /// Worker threads; nil takes what the machine has.
    package var threads: Int?
    /// Whether to keep count of where the time goes, which costs a little.
    package var isProfiled: Bool
    /// Inputs and outputs, by name, that the caller only carries from one executable of the engine to another, image by image: the
    /// engine may give them a type and a layout of its own, the same in all executables.
    package var carried: Set<String>

    package init(
        precision: Precision = .float32, threads: Int? = nil, isProfiled: Bool = false, carried: Set<String> = []
    ) {
        self.precision = precision
        self.threads = threads
        self.isProfiled = isProfiled
        self.carried = carried
    }
}
