package import Artifacts
package import Diagnostics

extension ArchitectureDescription {
    /// Checks that a network of this description can exist at all.
    ///
    /// - Parameter subject: what the error is about, the text or file that the description was read from.
    /// - Throws: `ErdeError` of kind `usage`.
    package func validate(as subject: String) throws(ErdeError) {
        func require(_ condition: Bool, _ problem: @autoclosure () -> String, _ remedy: String) throws(ErdeError) {
            if !condition { throw ErdeError(.usage, subject, problem(), remedy: remedy) }
        }
        try require(
            1...8 ~= widths.count && widths.count == blocks.count,
            "expected as many widths as blocks, 1 to 8 stages, found \(widths.count) widths and \(blocks.count) blocks",
            "give one width and one block count for every stage")
        for width in widths + [stem] {
            try require(1...16384 ~= width, "a layer of \(width) channels", "choose 1 to 16384 channels")
        }
        for count in blocks { try require(1...1000 ~= count, "a stage of \(count) blocks", "choose 1 to 1000 blocks") }
        try require(
            headDropout >= 0 && headDropout < 1, "a dropout of \(headDropout)", "choose a share of at least 0 and less than 1")
    }
}
