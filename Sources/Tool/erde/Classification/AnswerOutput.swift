import Artifacts
import Classify
import Diagnostics
import Glibc

/// Where lines of answers go: to stdout, or into a file that has `.partial` behind its name until it is complete.
///
/// A partial file stays when the program ends early, so that a later run can go on behind its last whole line. Beside a file,
/// partial or complete, lies what made it (`AnswerOrigin`).
///
/// Everything throws `ErdeError` of kind `cannotWrite`, and `badData` when an earlier file does not fit.
final class AnswerOutput {
    private static let flushBytes = 1 << 16
    private static let flushInterval = Duration.seconds(1)

    private let path: String?
    private let partial: String
    private let descriptor: Int32
    private let header: [UInt8]
    private var pending: [UInt8] = []
    private var lastFlush = ContinuousClock.now
    /// Whether the file is worth keeping; until it is read, it may be.
    private var hasAnswers = true
    private var isFinished = false
    /// What made the answers of a file.
    private let origin: AnswerOrigin?
    /// Where the next line goes in a complete file to which none was added yet; nil elsewhere.
    private var completeEnd: Int?

    /// Lines on stdout.
    init(header: [UInt8]) {
        path = nil
        partial = ""
        descriptor = STDOUT_FILENO
        self.header = header
        origin = nil
        hasAnswers = false
        pending = header
    }

    /// Lines in a file.
    ///
    /// - Parameters:
    ///   - origin: what makes the answers, and must have made those of an earlier run.
    ///   - isResumed: whether to go on behind what an earlier run wrote.
    ///   - earlier: called with each line of it.
    init(
        path: String, format: AnswerFormat, header: [UInt8], origin: AnswerOrigin, isResumed: Bool,
        earlier: (AnswerReader.Line) throws(ErdeError) -> Void
    ) throws(ErdeError) {
        try OutputPlace.check(file: path)
        let path = try OutputPath.resolved(path)
        self.path = path
        self.header = header
        self.origin = origin
        let partial = path + ".partial"
        self.partial = partial
        let left = InputFile.size(partial) ?? 0
        if left > 0 && !isResumed {
            throw ErdeError(
                .cannotWrite, partial, "holds the answers of a run that was interrupted",
                remedy: "add --resume to go on with it, or remove it")
        }
        let isComplete = isResumed && InputFile.size(partial) == nil && InputFile.size(path) != nil
        let present = isComplete ? path : partial
        descriptor = open(present, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw AnswerOutput.failure(path) }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            throw ErdeError(.cannotWrite, present, "another process is writing it", remedy: "wait for it, or name another file")
        }
        let end = isResumed ? try readEarlier(present, AnswerReader(format: format), earlier) : 0
        if end > header.count { try AnswerOutput.check(present, writtenBy: origin) }
        hasAnswers = end > header.count
        if isComplete {
            completeEnd = end
        } else {
            try origin.keep(beside: partial)
            try goOn(at: end)
        }
        if end == 0 { pending = header }
    }

    /// Makes a complete file partial again, now that there is more to write: without that, it stays what it is.
    private func reopen() throws(ErdeError) {
        guard let path, let end = completeEnd else { return }
        try origin?.keep(beside: partial)
        guard rename(path, partial) == 0 else { throw AnswerOutput.failure(path) }
        completeEnd = nil
        AnswerOrigin.forget(beside: path)
        try goOn(at: end)
    }

    private func goOn(at end: Int) throws(ErdeError) {
        guard ftruncate(descriptor, off_t(end)) == 0, lseek(descriptor, off_t(end), SEEK_SET) >= 0 else {
            throw AnswerOutput.failure(path)
        }
    }

    deinit {
        guard path != nil, descriptor >= 0 else { return }
        close(descriptor)
        if !isFinished && !hasAnswers && completeEnd == nil {
            unlink(partial)
            AnswerOrigin.forget(beside: partial)
        }
    }

    /// Refuses answers that something else made. Of those about which nothing is kept, only their lines can say that they fit.
    private static func check(_ path: String, writtenBy origin: AnswerOrigin) throws(ErdeError) {
        if let earlier = AnswerOrigin.kept(beside: path) { return try origin.check(against: earlier, of: path) }
        Console.standard.warn(
            "\(path): nothing beside it says which model and thresholds it was written with; its classes and MACs fit this "
                + "model, and the run goes on with it")
    }

    /// Reads whole lines from the start; gives where the last one ends.
    private func readEarlier(
        _ path: String, _ reader: AnswerReader, _ visit: (AnswerReader.Line) throws(ErdeError) -> Void
    ) throws(ErdeError) -> Int {
        var bytes: [UInt8] = []
        var end = 0
        var isHeader = !header.isEmpty
        while true {
            var count = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, filled in
                count = read(descriptor, buffer.baseAddress, buffer.count)
                filled = max(0, count)
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw AnswerOutput.failure(path) }
            if count == 0 { return end }
            bytes += piece
            var start = 0
            while let next = AnswerReader.recordEnd(bytes[start...], format: reader.format) {
                let record = bytes[start..<next]
                if isHeader {
                    guard record.elementsEqual(header) else { throw foreign(path, "has other columns") }
                    isHeader = false
                } else {
                    guard let line = reader.line(record) else { throw foreign(path, "holds lines that are no answers") }
                    try visit(line)
                }
                end += record.count
                start = next
            }
            bytes.removeSubrange(..<start)
        }
    }

    private func foreign(_ path: String, _ problem: String) -> ErdeError {
        ErdeError(.badData, path, problem, remedy: "resume with the same options, or name another file")
    }

    /// Adds lines, and writes them when they are many or some time has gone by.
    func write(_ lines: (inout [UInt8]) -> Void) throws(ErdeError) {
        lines(&pending)
        if pending.count >= AnswerOutput.flushBytes || ContinuousClock.now - lastFlush >= AnswerOutput.flushInterval {
            try flush()
        }
    }

    /// Writes all lines added so far.
    func flush() throws(ErdeError) {
        lastFlush = .now
        if pending.isEmpty { return }
        try reopen()
        if path != nil && (hasAnswers || pending.count > header.count) { hasAnswers = true }
        let failure = pending.withUnsafeBytes { bytes -> ErdeError? in
            var rest = bytes
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if written < 0 && errno == EINTR { continue }
                if written <= 0 { return AnswerOutput.failure(path) }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
            return nil
        }
        if let failure { throw failure }
        pending.removeAll(keepingCapacity: true)
    }

    /// Writes what is left; a file gets its name now.
    func finish() throws(ErdeError) {
        try flush()
        guard let path, completeEnd == nil else { return }
        guard fsync(descriptor) == 0 else { throw AnswerOutput.failure(path) }
        // That of a file whose place is taken: before, so that it never lies beside answers that it did not make.
        AnswerOrigin.forget(beside: path)
        guard rename(partial, path) == 0 else { throw AnswerOutput.failure(path) }
        isFinished = true
        AnswerOrigin.move(from: partial, to: path)
    }

    /// Writes what is left and leaves the file to be gone on with; nil when there is none.
    func keep() throws(ErdeError) -> String? {
        try flush()
        guard path != nil, hasAnswers else { return nil }
        if completeEnd != nil { return path }
        guard fsync(descriptor) == 0 else { throw AnswerOutput.failure(partial) }
        return partial
    }

    /// - Parameter path: nil is stdout.
    private static func failure(_ path: String?) -> ErdeError {
        let remedy =
            switch (errno, path) {
            case (ENOSPC, nil): "free disk space and run again, with --output to be able to go on"
            case (ENOSPC, _): "free disk space and add --resume"
            default: "choose a place you may write to"
            }
        return ErdeError(
            .cannotWrite, path ?? "stdout", "cannot be written: \(String(cString: strerror(errno)))", remedy: remedy)
    }
}
