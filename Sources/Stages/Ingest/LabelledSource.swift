import Artifacts

/// The images of a source by split, as found or as completed by `SplitCompletion`.
struct LabelledSource {
    var kind: IngestReport.SourceKind
    var classNames: [String]
    /// Splits that the source does not have are missing.
    var splits: [DatasetSplit: [SourceImage]]
    var otherFileCount = 0
    var notes: [String] = []
    var warnings: [String] = []

    var imageCount: Int { splits.values.reduce(0) { $0 + $1.count } }
}
