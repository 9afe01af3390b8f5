package import Diagnostics

/// A recipe that a person may write: it says what its keys are and checks its values.
package protocol Recipe: Codable, Hashable, Sendable {
    /// Checks every value on its own.
    ///
    /// - Throws: `ErdeError` of kind `usage` whose subject is the key.
    func validate() throws(ErdeError)
}
