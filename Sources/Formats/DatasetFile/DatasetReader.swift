package import Artifacts
package import Diagnostics

/// Opens dataset files.
///
/// Everything throws `ErdeError` whose subject is the path: kind `notFound` when the file cannot be opened, `badData` when
/// it is no dataset, of another version, truncated or damaged.
package enum DatasetReader {
    /// Maps a dataset file into memory and checks all of it.
    package static func open(_ path: String) throws(ErdeError) -> Dataset {
        let container = try DatasetContainer(path)
        let train = try container.samples(.train)
        let calibration = try container.samples(.calibration)
        let test = try container.samples(.test)
        return Dataset(
            description: container.header.description, train: train, calibration: calibration, test: test,
            fingerprint: container.header.fingerprint)
    }

    /// Whether a file that begins so is a dataset.
    package static func isDataset(head: [UInt8]) -> Bool { head.starts(with: DatasetLayout.magic) }

    /// What a dataset is, without reading its pixels.
    package static func describe(_ path: String) throws(ErdeError) -> (description: DatasetDescription, fingerprint: String) {
        let container = try DatasetContainer(path)
        return (container.header.description, container.header.fingerprint)
    }

    /// What ingest found worth knowing about the images.
    package static func findings(in path: String) throws(ErdeError) -> DatasetFindings {
        try DatasetContainer(path).header.findings ?? DatasetFindings()
    }

    /// Where each image of a split came from, relative to the dataset's source.
    package static func sources(of split: DatasetSplit, in path: String) throws(ErdeError) -> [String] {
        try DatasetContainer(path).sources(split)
    }
}
