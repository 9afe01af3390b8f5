import Artifacts
import Diagnostics

/// CIFAR-10 and CIFAR-100 in their binary version.
///
/// Records follow each other without a header: one label byte (CIFAR-100 two: coarse, fine), then 32 x 32 pixels as planes
/// red, green, blue.
enum CIFARSource {
    private static let side = 32
    private static let pixelBytes = 3 * side * side
    private static let fileLimit = 4 << 30

    /// Which of the two a folder holds.
    private enum Version {
        case ten
        case hundred

        var labelBytes: Int {
            switch self {
            case .ten: 1
            case .hundred: 2
            }
        }
    }

    /// The record files in a folder, by name and size.
    static func files(in folder: SourceFolder) -> [String] {
        folder.files.filter { name in
            guard name.lowercased().hasSuffix(".bin"), let size = folder.byteCount(of: name), size > 0 else { return false }
            let isRecords = size % (pixelBytes + 1) == 0 || size % (pixelBytes + 2) == 0
            let isNamed = SplitName.split(ofFile: name) != nil || name.contains("batch")
            return isRecords || (isNamed && hasNames(folder))
        }
    }

    private static func hasNames(_ folder: SourceFolder) -> Bool {
        folder.files.contains("batches.meta.txt") || folder.files.contains("fine_label_names.txt")
    }

    private static func version(of folder: SourceFolder, files: [String]) -> Version {
        if folder.files.contains("fine_label_names.txt") { return .hundred }
        if folder.files.contains("batches.meta.txt") || files.contains(where: { $0.contains("batch") }) { return .ten }
        return files.allSatisfy { (folder.byteCount(of: $0) ?? 0) % (pixelBytes + 2) == 0 } ? .hundred : .ten
    }

    static func scan(_ folder: SourceFolder, options: IngestOptions) throws(ErdeError) -> LabelledSource {
        let files = files(in: folder)
        if files.isEmpty {
            throw ErdeError(
                .badData, folder.place(), "no CIFAR files", remedy: "name the folder with data_batch_1.bin or train.bin")
        }
        let version = version(of: folder, files: files)
        var labels = try CIFARLabels(set: options.labelSet, isHundred: version == .hundred)
        try labels.readNames(in: folder, options: options)
        let contents = try folder.contents(of: files, limit: fileLimit)
        var found = LabelledSource(kind: .cifar, classNames: labels.names)
        for (name, bytes) in zip(files, contents) {
            let record = version.labelBytes + pixelBytes
            guard !bytes.isEmpty, bytes.count % record == 0 else {
                throw ErdeError(
                    .badData, folder.place(name), "\(bytes.count) bytes are not whole records of \(record)",
                    remedy: "get the file again")
            }
            let images = PackedImages(
                channels: 3, height: side, width: side, bytes: bytes[...], start: version.labelBytes, stride: record)
            let split = SplitName.split(ofFile: name) == .test ? DatasetSplit.test : .train
            for index in 0..<bytes.count / record {
                let label = Int(bytes[index * record + (version == .hundred && labels.set == .fine ? 1 : 0)])
                let image = "\(name)#\(index)"
                guard label < labels.names.count else {
                    found.unusable.append(labels.outOfRange(label, image: image))
                    continue
                }
                found.splits[split, default: []].append(
                    SourceImage(label: Int32(label), name: image, content: .packed(images, index)))
            }
        }
        if found.splits[.train] == nil {
            throw ErdeError(.badData, folder.place(), "no training batch", remedy: "get all files of the dataset")
        }
        return found
    }
}
