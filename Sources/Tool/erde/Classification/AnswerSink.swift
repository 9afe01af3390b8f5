import Artifacts
import Classify
import Diagnostics
import Inference

/// Takes answers: as lines, as links, or both.
struct AnswerSink {
    private let lines: AnswerLines
    private let output: AnswerOutput?
    private var links: ClassLinks?
    /// What earlier runs answered.
    private(set) var earlier = AnsweredNames()
    private(set) var earlierCount = 0

    /// - Parameter origin: what makes the answers, asked for where they go into a file.
    /// - Throws: `ErdeError` of kind `cannotWrite`; `badData` when something else made a file to resume.
    init(
        _ options: AnswerOptions, format: AnswerFormat, metadata: ModelMetadata,
        origin: (AnswerLines) throws(ErdeError) -> AnswerOrigin
    ) throws(ErdeError) {
        let lines = AnswerLines(
            format: format, classNames: metadata.classNames, topCount: options.topK ?? 1, showsAll: options.allProbabilities)
        self.lines = lines
        if let folder = options.links { links = ClassLinks(folder: folder, classNames: metadata.classNames) }
        if let path = options.output {
            var (earlier, count) = (AnsweredNames(), 0)
            let labels = Set(metadata.classNames)
            output = try AnswerOutput(
                path: path, format: format, header: lines.header, origin: try origin(lines), isResumed: options.resume
            ) { line throws(ErdeError) in
                let exits = metadata.cumulativeMACs
                guard labels.contains(line.label), 1...exits.count ~= line.exit, exits[line.exit - 1] == line.macs else {
                    throw ErdeError(
                        .badData, path, "was written with another model", remedy: "resume with that one, or name another file")
                }
                earlier.insert(line.file)
                count += 1
            }
            (self.earlier, earlierCount) = (earlier, count)
        } else {
            output = options.links == nil ? AnswerOutput(header: lines.header) : nil
        }
    }

    /// Takes one answer; its link is there before its line.
    mutating func write(_ image: ClassifiedImage, _ answer: Classification) throws(ErdeError) {
        if links != nil {
            guard image.isFile else {
                throw ErdeError(
                    .usage, image.name.readable, "lies in an archive, where no link can lead",
                    remedy: "unpack the archive, or leave --links out")
            }
            try links?.add(image.name, label: answer.label)
        }
        try output?.write { lines.append(image.name, answer, to: &$0) }
    }

    func flush() throws(ErdeError) { try output?.flush() }

    /// Completes a file.
    func finish() throws(ErdeError) { try output?.finish() }

    /// Leaves a file to be resumed; its path, nil when there is none.
    func keep() throws(ErdeError) -> String? {
        guard let output else { return nil }
        return try output.keep()
    }
}
