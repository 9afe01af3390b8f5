/// Where the images to classify come from, in the order in which they are to be answered.
package protocol ImageSource {
    /// The next images: as many as there are without waiting, at least one, at most `count`.
    mutating func next(atMost count: Int) -> ImageSourceStep

    /// Whether `takesBack` can be true.
    var mayTakeBack: Bool { get }

    /// Whether an image that could not be decoded is passed over, since it comes again when it is whole.
    mutating func takesBack(_ item: ImageItem) -> Bool
}

extension ImageSource {
    package var mayTakeBack: Bool { false }

    package mutating func takesBack(_ item: ImageItem) -> Bool { false }
}

/// What asking for images came to.
package enum ImageSourceStep: Sendable {
    case images([ImageItem])
    /// There are none just now; the source has waited a moment.
    case idle
    case end
}
