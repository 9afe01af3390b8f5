/// One labelled image, not read yet.
struct SourceImage: Sendable {
    /// Where its content is.
    enum Content: Sendable {
        /// A file, by full path.
        case file(String)
        /// An image of an IDX file, counted from 0.
        case idx(IDXImages, Int)
    }

    var label: Int32
    /// Relative to the source; part of what a dataset remembers.
    var name: String
    var content: Content
}
