package import Artifacts
import Diagnostics
package import FileTrees
package import Images

/// Images that are named: as files, as folders to search, as archives to read through, and by lists of any of these.
///
/// Files come in the order given, those of a folder by name, those of an archive in the archive's order. Little is held of
/// them: the names of the folders on the way, and the bytes of the entries just read.
package struct NamedImages: ImageSource {
    package enum Input: Sendable {
        case path(FileName)
        case list(ListReader)
    }

    private struct OpenArchive {
        let name: FileName
        let stream: ArchiveStream
    }

    /// Bytes of entries after which no further are added to a run.
    private static let runBytes = 4 << 20

    private var inputs: ArraySlice<Input>
    private var answered: AnsweredNames
    private let limits: ImageLimits
    private let shouldStop: @Sendable () -> Bool
    // What is being gone through, the innermost first.
    private var folder: FolderWalk?
    private var archive: OpenArchive?
    private var list: ListReader?

    private enum Step {
        case image(ImageItem)
        case pending
        case end
    }

    /// - Parameters:
    ///   - answered: images that are passed over, as often as they were answered.
    ///   - shouldStop: whether to end before all are read.
    package init(
        _ inputs: [Input], answered: AnsweredNames = AnsweredNames(), limits: ImageLimits = ImageLimits(),
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) {
        self.inputs = inputs[...]
        self.answered = answered
        self.limits = limits
        self.shouldStop = shouldStop
    }

    package mutating func next(atMost count: Int) -> ImageSourceStep {
        var images: [ImageItem] = []
        var byteCount = 0
        while images.count < count && byteCount < NamedImages.runBytes {
            if shouldStop() { return images.isEmpty ? .end : .images(images) }
            switch step(waiting: images.isEmpty ? 100 : 0) {
            case .image(let item):
                if case .bytes(let bytes) = item.content { byteCount += bytes.count }
                images.append(item)
            case .pending: return images.isEmpty ? .idle : .images(images)
            case .end: return images.isEmpty ? .end : .images(images)
            }
        }
        return .images(images)
    }

    private mutating func step(waiting milliseconds: Int32) -> Step {
        while true {
            if folder != nil {
                if let item = nextOfFolder() { return .image(item) }
            } else if archive != nil {
                if let item = nextOfArchive() { return .image(item) }
            } else if list != nil {
                if let step = nextOfList(waiting: milliseconds) { return step }
            } else {
                guard let input = inputs.popFirst() else { return .end }
                switch input {
                case .list(let reader): list = reader
                case .path(let path):
                    if let item = open(path, mayBeList: true) { return .image(item) }
                }
            }
        }
    }

    /// Begins a folder or an archive; what is neither is an image.
    ///
    /// - Parameter mayBeList: whether text that is not called like an image is most likely a list that was named as an image.
    private mutating func open(_ path: FileName, mayBeList: Bool = false) -> ImageItem? {
        if ImageFileFinder.isFolder(path) {
            folder = FolderWalk(path)
            return nil
        }
        let name = path.last
        if !ImageFileFinder.hasImageName(name) {
            let head = FileHead.read(path)
            if ArchiveContent.isArchive(head: head, name: String(decoding: name, as: UTF8.self)) {
                do throws(ErdeError) {
                    archive = OpenArchive(name: path, stream: try ArchiveStream(path, title: path.readable))
                    return nil
                } catch {
                    return ImageItem(name: path, content: .rest(error))
                }
            }
            if mayBeList && head.withUnsafeBytes({ ImageContent(of: $0) }) == .text {
                let error = ErdeError(
                    .badData, path.readable, "expected a PNG or JPEG image, found text",
                    remedy: "name a list of images with --files-from, or remove it")
                return ImageItem(name: path, content: .failure(error))
            }
        }
        return answered.take(path) ? nil : ImageItem(name: path, content: .file)
    }

    private mutating func nextOfFolder() -> ImageItem? {
        while let step = folder?.next() {
            switch step {
            case .image(let path):
                if !answered.take(path) { return ImageItem(name: path, content: .file) }
            case .failure(let path, let error): return ImageItem(name: path, content: .failure(error))
            }
        }
        folder = nil
        return nil
    }

    /// The next image that the list names; nil when it named a folder or an archive, or what was answered.
    private mutating func nextOfList(waiting milliseconds: Int32) -> Step? {
        do throws(ErdeError) {
            switch try list?.next(waiting: milliseconds) {
            case .pending: return .pending
            case .name(let path): return open(path).map { .image($0) }
            case .end, nil:
                list = nil
                return nil
            }
        } catch {
            list = nil
            return .image(ImageItem(name: FileName(error.subject), content: .rest(error)))
        }
    }

    private mutating func nextOfArchive() -> ImageItem? {
        guard let (name, stream) = archive.map({ ($0.name, $0.stream) }) else { return nil }
        do throws(ErdeError) {
            while let entry = try stream.next() {
                let parts = entry.nameBytes.split(separator: UInt8(ascii: "/"))
                let isHidden = parts.contains { $0.first == UInt8(ascii: ".") || $0.elementsEqual("__MACOSX".utf8) }
                if parts.isEmpty || isHidden || entry.isFolder { continue }
                let path = FileName(entry.nameBytes, in: name)
                let hasImageName = ImageFileFinder.hasImageName(entry.nameBytes)
                if hasImageName && answered.take(path) { continue }
                guard entry.isFile else {
                    if !hasImageName { continue }
                    let error = ErdeError(
                        .badData, path.readable, "expected a file, found a link in the archive", remedy: "pack the file itself")
                    return ImageItem(name: path, content: .failure(error))
                }
                if let item = image(path, of: stream, isWanted: hasImageName) { return item }
            }
        } catch {
            archive = nil
            return ImageItem(name: name, content: .rest(error))
        }
        archive = nil
        return nil
    }

    /// The current entry, unless it is no image and not called like one.
    private mutating func image(_ path: FileName, of stream: ArchiveStream, isWanted: Bool) -> ImageItem? {
        do throws(ErdeError) {
            guard
                let bytes = try stream.contents(
                    limit: limits.fileBytes, where: { isWanted || ImageContent(of: $0).isDecodable })
            else { return nil }
            if !isWanted && answered.take(path) { return nil }
            return ImageItem(name: path, content: .bytes(bytes))
        } catch {
            return ImageItem(name: path, content: .failure(error))
        }
    }
}
