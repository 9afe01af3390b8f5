import Artifacts
import DatasetFile
import Diagnostics
import Images

/// A source that is recognised, split and given a format, and the reading of all its images; with or without a writer.
struct Examination {
    var labelled: LabelledSource
    let format: ImageFormat
    var packing: DatasetPacking
    private let total: Int
    private var done: Int

    /// Recognises the source and reads what the choice of the format needs.
    init(
        source: String, options: IngestOptions, progress: (_ done: Int, _ total: Int) throws(ErdeError) -> Void
    ) throws(ErdeError) {
        try options.validate()
        var labelled = try SourceRecognition.scan(source, options: options)
        try SplitCompletion.complete(&labelled, options: options)
        labelled.followArchives()
        var badImages = BadImages(source: source, root: labelled.root ?? source, policy: options.onBadImage)
        for image in labelled.unusable { badImages.add(image) }
        let passes = FormatChoice.needsHeaders(options) && !labelled.kind.isOrdered ? 2 : 1
        let total = labelled.imageCount * passes
        var done = 0
        let headers = try HeaderReading.headers(of: labelled, options: options) { count throws(ErdeError) in
            done += count
            try progress(done, total)
        }
        // At least once before anything is written.
        if done == 0 { try progress(0, total) }
        let format = FormatChoice.choose(headers, options: options, notes: &labelled.notes)
        self.labelled = labelled
        self.format = format
        self.total = total
        self.done = done
        packing = DatasetPacking(format: format, options: options, badImages: badImages)
    }

    /// Reads all images, into the dataset file if there is a writer.
    mutating func run(
        writer: inout DatasetWriter?, progress: (_ done: Int, _ total: Int) throws(ErdeError) -> Void
    ) throws(ErdeError) {
        var done = self.done
        try packing.write(labelled, to: &writer) { count throws(ErdeError) in
            done += count
            try progress(done, total)
        }
    }

    var imageCount: Int { labelled.imageCount + labelled.unusable.count }

    /// Usable images of each class by split.
    var classes: [DatasetCheck.ClassCounts] {
        labelled.classNames.enumerated().map { label, name in
            DatasetCheck.ClassCounts(name: name, counts: packing.counts.mapValues { $0[label] })
        }
    }

    /// What the doctor found.
    var findings: DatasetFindings {
        packing.doctor.findings(labelled, badImages: packing.badImages.list, counts: packing.counts)
    }
}
