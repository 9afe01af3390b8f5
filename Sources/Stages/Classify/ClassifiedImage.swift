package import Artifacts
package import Diagnostics
package import Inference

/// What became of one image file.
package struct ClassifiedImage: Sendable {
    /// As found, under the path given.
    package let name: FileName
    /// Whether it is a file of its own, and no entry of an archive.
    package let isFile: Bool
    /// Whether it stands for all that should have come of a list or an archive that breaks off.
    package let isRest: Bool
    /// The answer, or why there is none.
    package let result: Result<Classification, ErdeError>
}
