import Artifacts
import Diagnostics
import FileTrees
import Images

/// Reads the entries of archives one after the other, so that many threads can decode them.
struct ContentLoader: ~Copyable {
    /// Bytes of entries that may be in memory at once, beside the one that goes beyond.
    private static let byteLimit = 64 << 20

    private let limits: ImageLimits
    private var cursor = ArchiveCursor()

    init(limits: ImageLimits) { self.limits = limits }

    /// What the first images are decoded from: all of them, or fewer when their bytes fill the memory.
    ///
    /// - Throws: `ErdeError` when an archive as a whole cannot be read on.
    mutating func load(_ images: ArraySlice<SourceImage>) throws(ErdeError) -> [LoadedImage] {
        var loaded: [LoadedImage] = []
        loaded.reserveCapacity(images.count)
        var byteCount = 0
        for image in images {
            switch image.content {
            case .packed(let images, let index): loaded.append(.packed(images, index))
            case .file(.disk(let path)): loaded.append(.file(path))
            case .file(.entry(let entry)):
                switch try cursor.contents(of: entry, limit: limits.fileBytes) {
                case .success(let bytes):
                    loaded.append(.bytes(bytes, name: "\(entry.archive)/\(image.name)"))
                    byteCount += bytes.count
                case .failure(let error): loaded.append(.failed(ImageFault(.damaged, error)))
                }
                if byteCount >= ContentLoader.byteLimit { return loaded }
            }
        }
        return loaded
    }
}
