import Artifacts

/// Names a dataset by its content: equal classes, sizes, labels and pixels in equal order give equal fingerprints,
/// wherever the files lie and whatever they are called.
///
/// SHA-256 over class names, image size and, split by split, the number of images and each image's label and SHA-256 of
/// its pixels; so the costly part, image by image, can run anywhere in any order.
struct ContentFingerprint {
    private var hash = SHA256()

    init(classNames: [String], image: ImageFormat) {
        hash.update(counted: "erde dataset 1")
        hash.update(UInt64(classNames.count))
        for name in classNames { hash.update(counted: name) }
        for extent in [image.channels, image.height, image.width] { hash.update(UInt64(extent)) }
    }

    /// Begins the images of a split.
    mutating func begin(_ split: DatasetSplit) { hash.update(counted: split.rawValue) }

    mutating func append(label: Int32, digest: SHA256.Digest) {
        hash.update(UInt64(label))
        hash.update(digest.bytes)
    }

    /// 64 hexadecimal digits.
    consuming func finalize() -> String { hash.finalize().hexadecimal }
}
