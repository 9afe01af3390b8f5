import Artifacts
import Glibc
import Inference

/// Writes answers as lines of CSV (RFC 4180) or of JSON.
///
/// File names are written so that nothing of them is lost: CSV has their bytes as they are, quoted where needed. JSON must be
/// UTF-8: a name that is not has U+FFFD in place of the bytes that are none, and all its bytes in hexadecimal beside it.
struct AnswerLines {
    let format: AnswerFormat
    /// Classes listed with their probabilities, most probable first; 1 is the answer alone.
    let topCount: Int
    /// Whether the probabilities of all classes are listed.
    let showsAll: Bool
    private let classNames: [String]
    /// The classes' names as this format writes them.
    private let written: [[UInt8]]
    /// Classes by name: keys of JSON are sorted.
    private let sortedClasses: [Int]

    init(format: AnswerFormat, classNames: [String], topCount: Int = 1, showsAll: Bool = false) {
        self.format = format
        self.classNames = classNames
        self.topCount = max(1, min(topCount, classNames.count))
        self.showsAll = showsAll
        written = classNames.map { name in
            var bytes: [UInt8] = []
            switch format {
            case .csv: AnswerLines.appendField(Array(name.utf8)[...], to: &bytes)
            case .jsonl: AnswerLines.appendString(name, to: &bytes)
            }
            return bytes
        }
        sortedClasses = classNames.indices.sorted { classNames[$0] < classNames[$1] }
    }

    /// What a file begins with: CSV's line of column names.
    var header: [UInt8] {
        if format == .jsonl { return [] }
        var columns = ["file", "class", "probability", "exit", "macs"]
        for place in stride(from: 2, through: topCount, by: 1) { columns += ["class_\(place)", "probability_\(place)"] }
        if showsAll { columns += classNames.map { "p(\($0))" } }
        var line: [UInt8] = []
        for (place, column) in columns.enumerated() {
            if place > 0 { line.append(UInt8(ascii: ",")) }
            AnswerLines.appendField(Array(column.utf8)[...], to: &line)
        }
        return line + [UInt8(ascii: "\n")]
    }

    /// Adds the line of one image.
    func append(_ name: FileName, _ answer: Classification, to bytes: inout [UInt8]) {
        let needsAll = showsAll || topCount > 1
        let probabilities = needsAll ? AnswerLines.softmax(answer.logits) : []
        let top = topCount > 1 ? order(answer).prefix(topCount) : []
        switch format {
        case .csv: appendCSV(name, answer, probabilities, top, to: &bytes)
        case .jsonl: appendJSON(name, answer, probabilities, top, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Classes by descending logit, equals in the model's order.
    private func order(_ answer: Classification) -> [Int] {
        answer.logits.indices.sorted { (-answer.logits[$0], $0) < (-answer.logits[$1], $1) }
    }

    private static func softmax(_ logits: [Float]) -> [Double] {
        let largest = Double(logits.max() ?? 0)
        let exponentials = logits.map { exp(Double($0) - largest) }
        let total = exponentials.reduce(0, +)
        return exponentials.map { $0 / total }
    }

    // MARK: CSV

    private func appendCSV(
        _ name: FileName, _ answer: Classification, _ probabilities: [Double], _ top: ArraySlice<Int>, to bytes: inout [UInt8]
    ) {
        AnswerLines.appendField(name.bytes, to: &bytes)
        bytes.append(UInt8(ascii: ","))
        bytes += written[answer.label]
        bytes += ",\(decimalText(answer.probability, decimals: 4)),\(answer.exit + 1),\(answer.macs)".utf8
        for label in top.dropFirst() {
            bytes.append(UInt8(ascii: ","))
            bytes += written[label]
            bytes += ",\(decimalText(probabilities[label], decimals: 4))".utf8
        }
        if showsAll {
            for probability in probabilities { bytes += ",\(decimalText(probability, decimals: 4))".utf8 }
        }
    }

    /// A field, in quotes when it must be.
    private static func appendField(_ field: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let needsQuotes = field.contains { byte in
            byte == quote || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
        }
        guard needsQuotes else {
            bytes += field
            return
        }
        bytes.append(quote)
        for byte in field {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }

    // MARK: JSON

    private func appendJSON(
        _ name: FileName, _ answer: Classification, _ probabilities: [Double], _ top: ArraySlice<Int>, to bytes: inout [UInt8]
    ) {
        bytes += "{\"class\":".utf8
        bytes += written[answer.label]
        bytes += ",\"exit\":\(answer.exit + 1),\"file\":".utf8
        AnswerLines.appendString(name.text, to: &bytes)
        if !name.isUTF8 {
            bytes += ",\"fileBytes\":\"".utf8
            for byte in name.bytes { bytes += "\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8 }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes += ",\"macs\":\(answer.macs)".utf8
        if showsAll {
            bytes += ",\"probabilities\":{".utf8
            for (place, label) in sortedClasses.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += written[label]
                bytes += ":\(probabilities[label])".utf8
            }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes += ",\"probability\":\(answer.probability)".utf8
        if topCount > 1 {
            bytes += ",\"top\":[".utf8
            for (place, label) in top.enumerated() {
                bytes += (place > 0 ? ",{\"class\":" : "{\"class\":").utf8
                bytes += written[label]
                bytes += ",\"probability\":\(probabilities[label])}".utf8
            }
            bytes.append(UInt8(ascii: "]"))
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func appendString(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 10: bytes += "\\n".utf8
            case 13: bytes += "\\r".utf8
            case 9: bytes += "\\t".utf8
            case 0..<0x20, 0x7F: bytes += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
