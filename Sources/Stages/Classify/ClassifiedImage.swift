package import Diagnostics
package import Inference

/// What became of one image file.
package struct ClassifiedImage: Sendable {
    /// As found, under the path given.
    package let path: String
    /// The answer, or why there is none.
    package let result: Result<Classification, ErdeError>
}
