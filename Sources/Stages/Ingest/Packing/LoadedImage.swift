import Images

/// An image that a thread can decode without the others.
enum LoadedImage: Sendable {
    /// A PNG or JPEG file, by path.
    case file(String)
    /// The bytes of a PNG or JPEG file, and what errors call it.
    case bytes([UInt8], name: String)
    /// An image of an array in memory, counted from 0.
    case packed(PackedImages, Int)
    /// It could not be read.
    case failed(ImageFault)
}
