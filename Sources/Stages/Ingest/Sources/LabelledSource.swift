import Artifacts
import FileTrees
import Images

/// The images of a source by split, as found or as completed by `SplitCompletion`.
struct LabelledSource {
    var kind: IngestReport.SourceKind
    var classNames: [String]
    /// Splits that the source does not have are missing.
    var splits: [DatasetSplit: [SourceImage]]
    var otherFileCount = 0
    /// Links of archives that are called like images.
    var linkCount = 0
    /// The folder at which the images' names begin, where that is not the source.
    var root: String?
    /// Images that cannot be used because of their label or because they are missing or no files, known before any is decoded.
    var unusable: [IngestReport.BadImage] = []
    var notes: [String] = []
    var warnings: [String] = []

    init(kind: IngestReport.SourceKind, classNames: [String], splits: [DatasetSplit: [SourceImage]] = [:]) {
        self.kind = kind
        self.classNames = classNames
        self.splits = splits
    }

    /// Takes account of what a search found beside images.
    mutating func note(_ files: ImageFileFinder.Found) {
        otherFileCount += files.otherCount
        linkCount += files.linkCount
        unusable += files.unusable.map { IngestReport.BadImage(path: $0.path, reason: $0.reason, kind: .unreadable) }
    }

    var imageCount: Int { splits.values.reduce(0) { $0 + $1.count } }

    /// Brings images of archives into the order in which archives are read, so that one pass per split is enough.
    mutating func followArchives() {
        for (split, images) in splits {
            let places = images.map(LabelledSource.position)
            if zip(places, places.dropFirst()).allSatisfy({ $0 <= $1 }) { continue }
            splits[split] = places.indices.sorted { places[$0] < places[$1] }.map { images[$0] }
        }
    }

    private struct Position: Comparable {
        let archive: String
        let index: Int

        static func < (first: Position, second: Position) -> Bool {
            (first.archive, first.index) < (second.archive, second.index)
        }
    }

    private static func position(of image: SourceImage) -> Position {
        switch image.content {
        case .file(.entry(let entry)): Position(archive: entry.archive, index: entry.index)
        case .file(.disk), .packed: Position(archive: "", index: 0)
        }
    }
}
