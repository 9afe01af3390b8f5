import Artifacts
import Images

/// Looks at every image of a dataset while it is packed, and says at the end what is worth knowing.
///
/// Memory is some 200 bytes an image.
struct DatasetDoctor {
    private(set) var duplicates = DuplicateFinder()
    private var nearDuplicates = NearDuplicates()
    private var shapes = ImageShapes()

    mutating func add(_ print: ImagePrint, _ reference: ImageReference) {
        if duplicates.add(print.digest, reference) { nearDuplicates.add(print, reference) }
        shapes.add(print.header, reference)
    }

    /// - Parameter counts: usable images by split, then by class.
    func findings(
        _ source: LabelledSource, badImages: [IngestReport.BadImage], counts: [DatasetSplit: [Int]]
    ) -> DatasetFindings {
        var lists: [FindingKind: ExampleList] = [:]
        func add(_ kind: FindingKind, _ example: @autoclosure () -> DatasetFindings.Example) {
            lists[kind, default: ExampleList()].add(example())
        }
        for image in badImages {
            add(image.kind, DatasetFindings.Example(images: [.init(name: image.path)], note: image.reason))
        }
        for (kind, pair) in duplicates.pairs { add(kind, source.example(pair.earlier, pair.later)) }
        for pair in nearDuplicates.pairs() {
            let kind = pair.earlier.split == pair.later.split ? FindingKind.nearDuplicate : .nearDuplicateAcrossSplits
            add(kind, source.example(pair.earlier, pair.later))
        }
        for (reference, header) in shapes.oddSizes() {
            add(.oddSize, source.example(reference, note: "\(header.width) x \(header.height)"))
        }
        for (reference, header) in shapes.oddModes() {
            add(.oddMode, source.example(reference, note: header.channels == 1 ? "grey" : "colour"))
        }
        for (name, note) in ClassNames.odd(source.classNames) {
            add(.oddName, DatasetFindings.Example(images: [], note: "\(name): \(note)"))
        }
        for note in DatasetDoctor.smallClasses(source.classNames, counts[.train] ?? []) {
            add(.imbalance, DatasetFindings.Example(images: [], note: note))
        }
        for split in DatasetSplit.allCases {
            for (label, count) in (counts[split] ?? []).enumerated() where count == 0 {
                add(.missingClass, DatasetFindings.Example(images: [], note: "\(source.classNames[label]) in \(split.rawValue)"))
            }
        }
        return DatasetFindings(FindingKind.allCases.compactMap { kind in lists[kind]?.finding(kind) })
    }

    private static func smallClasses(_ names: [String], _ counts: [Int]) -> [String] {
        guard let largest = counts.indices.max(by: { counts[$0] < counts[$1] }) else { return [] }
        return counts.indices.filter { counts[$0] > 0 && counts[$0] * 10 < counts[largest] }.map { label in
            "\(names[label]): \(counts[label]) training images; \(names[largest]) has \(counts[largest])"
        }
    }
}

extension LabelledSource {
    /// Images of the source as an example.
    fileprivate func example(_ references: ImageReference..., note: String? = nil) -> DatasetFindings.Example {
        DatasetFindings.Example(
            images: references.map { reference in
                DatasetFindings.Image(
                    name: splits[reference.split]?[Int(reference.index)].name ?? "", split: reference.split,
                    className: classNames[Int(reference.label)])
            }, note: note)
    }
}
