import Artifacts
import Diagnostics
import FoundationEssentials

/// Reads the lines of an answer file back, to know what was answered before.
struct AnswerReader {
    /// What a line says that a model can contradict.
    struct Line: Hashable {
        let file: FileName
        let label: String
        let exit: Int
        let macs: Int
    }

    private struct JSONLine: Decodable {
        let `class`: String
        let exit: Int
        let file: String
        let fileBytes: String?
        let macs: Int
    }

    let format: AnswerFormat

    /// The end of the first record, behind its line end; nil when the bytes end before it.
    ///
    /// In CSV, line ends between quotes belong to a name.
    static func recordEnd(_ bytes: ArraySlice<UInt8>, format: AnswerFormat) -> Int? {
        var isQuoted = false
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "\"") where format == .csv: isQuoted.toggle()
            case UInt8(ascii: "\n") where !isQuoted: return index + 1
            default: break
            }
        }
        return nil
    }

    /// A record with its line end, or nil when it is none of an answer file.
    func line(_ record: ArraySlice<UInt8>) -> Line? {
        switch format {
        case .csv:
            let fields = AnswerReader.fields(record.dropLast())
            guard fields.count >= 5, let exit = Int(text(fields[3])), let macs = Int(text(fields[4])) else { return nil }
            return Line(file: FileName(fields[0]), label: text(fields[1]), exit: exit, macs: macs)
        case .jsonl:
            guard let line = try? JSONDecoder().decode(JSONLine.self, from: Data(record)) else { return nil }
            let file = line.fileBytes.flatMap(AnswerReader.bytes(ofHexadecimal:)).map { FileName($0) } ?? FileName(line.file)
            return Line(file: file, label: line.class, exit: line.exit, macs: line.macs)
        }
    }

    private func text(_ field: [UInt8]) -> String { String(decoding: field, as: UTF8.self) }

    private static func fields(_ record: ArraySlice<UInt8>) -> [[UInt8]] {
        let quote = UInt8(ascii: "\"")
        var fields: [[UInt8]] = [[]]
        var isQuoted = false
        var last: UInt8?
        for byte in record {
            if byte == quote {
                // Two quotes within quotes are one of the name.
                if !isQuoted && last == quote { fields[fields.count - 1].append(quote) }
                isQuoted.toggle()
            } else if byte == UInt8(ascii: ",") && !isQuoted {
                fields.append([])
            } else {
                fields[fields.count - 1].append(byte)
            }
            last = byte
        }
        return fields
    }

    private static func bytes(ofHexadecimal text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
