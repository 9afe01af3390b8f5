import Artifacts
import DatasetFile
import Diagnostics

/// Decodes the images of a completed source, batch by batch, into a dataset file if there is one, and keeps account.
struct DatasetPacking {
    let format: ImageFormat
    let options: IngestOptions
    var badImages: BadImages
    var statistics = PixelStatistics()
    var doctor = DatasetDoctor()
    /// Good images by split, then by class.
    var counts: [DatasetSplit: [Int]] = [:]

    /// - Parameter badImages: what is known before any image is decoded.
    init(format: ImageFormat, options: IngestOptions, badImages: BadImages) {
        self.format = format
        self.options = options
        self.badImages = badImages
    }

    /// - Parameter progress: called with the number of images done since the last call.
    mutating func write(
        _ source: LabelledSource, to writer: inout DatasetWriter?, progress: (Int) throws(ErdeError) -> Void
    ) throws(ErdeError) {
        let batch = ImageBatch(format: format, limits: options.limits)
        var loader = ContentLoader(limits: options.limits)
        for split in DatasetSplit.allCases {
            try writer?.begin(split)
            var perClass = [Int](repeating: 0, count: source.classNames.count)
            var rest = source.splits[split, default: []][...]
            while !rest.isEmpty {
                let loaded = try loader.load(rest.prefix(batch.capacity))
                let images = rest.prefix(loaded.count)
                rest = rest.dropFirst(loaded.count)
                let (outcomes, pixels) = batch.decode(loaded)
                var labels: [Int32] = []
                var sources: [String] = []
                var digests: [SHA256.Digest] = []
                for (position, (image, outcome)) in zip(images, outcomes).enumerated() {
                    switch outcome {
                    case .failure(let fault): badImages.add(fault, name: image.name)
                    case .print(let print):
                        labels.append(image.label)
                        sources.append(image.name)
                        digests.append(print.digest)
                        perClass[Int(image.label)] += 1
                        let index = Int32(clamping: images.startIndex + position)
                        doctor.add(print, ImageReference(split: split, index: index, label: image.label))
                    }
                }
                if split == .train { add(pixels) }
                try writer?.append(pixels: pixels, labels: labels, sources: sources, digests: digests)
                try progress(images.count)
            }
            counts[split] = perClass
        }
        try badImages.check()
    }

    private mutating func add(_ pixels: UnsafeRawBufferPointer) {
        for start in stride(from: 0, to: pixels.count, by: format.byteCount) {
            statistics.add(
                UnsafeRawBufferPointer(rebasing: pixels[start..<start + format.byteCount]), channels: format.channels)
        }
    }

    /// - Throws: `ErdeError` of kind `badData` when a split or a class has nothing left.
    /// - Returns: warnings about classes that one of the other splits lacks.
    func checkClasses(_ source: LabelledSource, subject: String) throws(ErdeError) -> [String] {
        var warnings: [String] = []
        for split in DatasetSplit.allCases {
            let perClass = counts[split, default: []]
            if perClass.allSatisfy({ $0 == 0 }) {
                throw ErdeError(
                    .badData, subject, "no usable image for the \(split.rawValue) split",
                    remedy: "add images; every split needs some")
            }
            let missing = source.classNames.indices.filter { perClass[$0] == 0 }.map { source.classNames[$0] }
            guard let first = missing.first else { continue }
            switch split {
            case .train:
                let bad = badImages.list.count
                throw ErdeError(
                    .badData, subject,
                    "class \(first) has no usable training image" + (bad == 0 ? "" : " (bad images skipped: \(bad))"),
                    remedy: "add images of it or remove the class")
            case .calibration, .test:
                warnings.append("the \(split.rawValue) split has no image of \(missing.joined(separator: ", "))")
            }
        }
        return warnings
    }
}
