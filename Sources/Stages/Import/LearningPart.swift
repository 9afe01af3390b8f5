/// Which part of an imported network learns.
package enum LearningPart: Hashable, Sendable {
    /// The new exits alone; everything that came with the file stays as it is.
    case newExits
    /// Everything.
    case all
}
