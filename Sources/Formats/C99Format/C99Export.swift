package import Artifacts
package import Diagnostics

/// A model as a header and a C99 source for any compiler: plain inference without allocation, exits really taken.
package enum C99Export {
    /// `<name>.h` and `<name>.c`.
    ///
    /// - Parameters:
    ///   - name: a C identifier; everything public begins with it.
    ///   - policy: when images leave; the whole network without.
    /// - Throws: `ErdeError` of kind `badData` that lists everything that is refused.
    package static func files(of model: Model, name: String, policy: ExitPolicy?) throws(ErdeError) -> [FileContent] {
        let source = C99Source(
            program: try C99Program(model), metadata: model.metadata, policy: policy ?? .fullDepth(exits: model.exitCount),
            name: name)
        return [
            FileContent(name: "\(name).h", text: source.header), FileContent(name: "\(name).c", text: source.implementation),
        ]
    }
}
