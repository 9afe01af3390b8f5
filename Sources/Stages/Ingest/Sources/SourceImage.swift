import FileTrees

/// One labelled image, not read yet.
struct SourceImage: Sendable {
    /// Where its content is.
    enum Content: Sendable {
        /// A PNG or JPEG file, on disk or in an archive.
        case file(FilePlace)
        /// An image of an array in memory, counted from 0.
        case packed(PackedImages, Int)
    }

    var label: Int32
    /// Relative to the source; part of what a dataset remembers.
    var name: String
    var content: Content
}
