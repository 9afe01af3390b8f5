/// The labelled images of one split, in order.
package struct Samples: Sendable {
    package let image: ImageFormat
    /// Class of each image.
    package let labels: [Int32]
    private let store: PixelStore
    /// Where in the store each image lies; nil for one after the other.
    private let places: [Int]?

    /// - Parameters:
    ///   - store: at least `labels.count` images of `image.byteCount` bytes, channels first.
    package init(image: ImageFormat, labels: [Int32], store: PixelStore) {
        precondition(store.bytes.count >= labels.count * image.byteCount, "pixels of \(store.bytes.count) bytes")
        self.init(image: image, labels: labels, store: store, places: nil)
    }

    private init(image: ImageFormat, labels: [Int32], store: PixelStore, places: [Int]?) {
        self.image = image
        self.labels = labels
        self.store = store
        self.places = places
    }

    package var count: Int { labels.count }

    /// Calls `body` with the pixels `[C, H, W]` of one image.
    package func withPixels<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let start = (places?[index] ?? index) * image.byteCount
        return try withExtendedLifetime(store) {
            try body(UnsafeRawBufferPointer(rebasing: store.bytes[start..<start + image.byteCount]))
        }
    }

    /// The first `count` samples, or all if there are fewer.
    package func prefix(_ count: Int) -> Samples {
        Samples(image: image, labels: Array(labels.prefix(count)), store: store, places: places)
    }

    /// At most so many samples, evenly spread, so that no class is left out of a sorted split.
    package func spread(over count: Int) -> Samples {
        guard count < self.count else { return self }
        return selecting((0..<count).map { $0 * self.count / count })
    }

    /// Some of the samples, in the order of `indices`.
    package func selecting(_ indices: [Int]) -> Samples {
        Samples(
            image: image, labels: indices.map { labels[$0] }, store: store,
            places: places.map { places in indices.map { places[$0] } } ?? indices)
    }
}
