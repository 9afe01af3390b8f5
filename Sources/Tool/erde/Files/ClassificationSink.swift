import Artifacts
import Diagnostics
import FoundationEssentials
import Inference

/// Where answers go: lines on stdout, or a file that appears when it is complete.
final class ClassificationSink {
    /// One line of JSON.
    private struct Line: Encodable {
        let `class`: String
        let exit: Int
        let file: String
        let macs: Int
        let probability: Double
    }

    private let path: String?
    private let format: ClassifyCommand.Format
    private let classNames: [String]
    private var pending: [UInt8] = []
    private var file: AtomicFile?

    init(path: String?, format: ClassifyCommand.Format, classNames: [String]) throws(ErdeError) {
        self.path = path
        self.format = format
        self.classNames = classNames
        if let path {
            try OutputPlace.check(file: path)
            file = try AtomicFile(path: path)
        }
        if format == .csv { pending += Array("file,class,probability,exit,macs\n".utf8) }
    }

    func write(_ path: String, _ answer: Classification) throws(ErdeError) {
        let name = classNames[answer.label]
        switch format {
        case .csv:
            let probability = decimalText(answer.probability, decimals: 4)
            pending += Array("\(quoted(path)),\(quoted(name)),\(probability),\(answer.exit + 1),\(answer.macs)\n".utf8)
        case .jsonl:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let line = Line(
                class: name, exit: answer.exit + 1, file: path, macs: answer.macs, probability: answer.probability)
            do {
                pending += Array(try encoder.encode(line)) + [UInt8(ascii: "\n")]
            } catch {
                throw ErdeError(.badData, path, "cannot be written as JSON: \(error)")
            }
        }
        if pending.count > 1 << 16 { try flush() }
    }

    /// Writes what is left; a file gets its name now.
    func finish() throws(ErdeError) {
        try flush()
        if let file = file.take() { try file.commit() }
    }

    private func flush() throws(ErdeError) {
        if path != nil {
            let bytes = pending
            var failure: ErdeError?
            bytes.withUnsafeBytes { buffer in
                do throws(ErdeError) { try file?.write(buffer) } catch { failure = error }
            }
            if let failure { throw failure }
        } else {
            Console.standard.write(result: pending)
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// A CSV field, quoted when it must be (RFC 4180).
    private func quoted(_ field: String) -> String {
        guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
