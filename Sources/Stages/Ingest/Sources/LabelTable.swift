import Artifacts
import Diagnostics
import Images

/// The rows of a text file with a path and a label on each line.
struct LabelTable {
    struct Row {
        let path: String
        let label: String
        /// Where the file has a column for it.
        let split: DatasetSplit?
    }

    private(set) var rows: [Row] = []
    /// Rows whose split is none of erde's.
    private(set) var skippedCount = 0

    private static let pathHeadings: Set<String> = [
        "path", "file", "filename", "file_name", "filepath", "file_path", "image", "image_path", "img", "image_name", "image_id",
    ]
    private static let labelHeadings: Set<String> = [
        "label", "class", "class_name", "classname", "target", "category", "label_name", "class_id", "classid", "y",
    ]
    private static let splitHeadings: Set<String> = ["split", "set", "subset", "partition", "usage"]

    /// - Throws: `ErdeError` of kind `badData` about `name` when a line has no path or no label.
    init(lines: some Collection<TextLines.Line>, name: String) throws(ErdeError) {
        let lines = lines.drop { LabelTable.isRemark($0.text, separator: LabelTable.separator(of: $0.text)) }
        guard let first = lines.first?.text else {
            throw ErdeError(.badData, name, "an empty list", remedy: "write a path and a label on each line")
        }
        let separator = LabelTable.separator(of: first)
        var columns = (path: 0, label: 1, split: Int?.none)
        let heading = LabelTable.fields(first.drop { $0 == "#" }, separator: separator).map { $0.lowercased() }
        let hasHeading =
            heading.contains { LabelTable.pathHeadings.contains($0) }
            && heading.contains { LabelTable.labelHeadings.contains($0) }
        if hasHeading {
            columns.path = heading.firstIndex { LabelTable.pathHeadings.contains($0) } ?? 0
            columns.label = heading.firstIndex { LabelTable.labelHeadings.contains($0) } ?? 1
            columns.split = heading.firstIndex { LabelTable.splitHeadings.contains($0) }
        }
        rows.reserveCapacity(lines.count)
        for line in lines.dropFirst(hasHeading ? 1 : 0) {
            if LabelTable.isRemark(line.text, separator: separator) { continue }
            let fields = LabelTable.fields(line.text, separator: separator)
            guard fields.count > max(columns.path, columns.label, columns.split ?? 0), !fields[columns.path].isEmpty,
                !fields[columns.label].isEmpty
            else {
                throw ErdeError(
                    .badData, name, "line \(line.number): \"\(line.text.prefix(60))\" is not a path and a label",
                    remedy: "write a path and a label on each line, separated by a comma or a tab")
            }
            var split: DatasetSplit?
            if let column = columns.split {
                split = SplitName.split(ofFolder: fields[column])
                if split == nil {
                    skippedCount += 1
                    continue
                }
            }
            let path = fields[columns.path]
            rows.append(
                Row(path: path.hasPrefix("./") ? String(path.dropFirst(2)) : path, label: fields[columns.label], split: split))
        }
    }

    /// The first row of lines that may be the beginning of a list; nil when they are none.
    static func firstRow(of lines: some Collection<TextLines.Line>) -> Row? {
        let rows = lines.drop { isRemark($0.text, separator: separator(of: $0.text)) }
        return (try? LabelTable(lines: rows.prefix(2), name: ""))?.rows.first
    }

    /// What a line's fields are separated by; nil for blanks. Names may hold commas, but hardly ever tabs.
    private static func separator(of line: Substring) -> Character? {
        let separators: [Character] = ["\t", ",", ";"]
        return separators.first { line.contains($0) }
    }

    /// Whether a line is a remark: `#` alone or before a blank, or before what is no path and label. A name may begin so too.
    private static func isRemark(_ line: Substring, separator: Character?) -> Bool {
        guard line.hasPrefix("#") else { return false }
        if line.first(where: { $0 != "#" })?.isWhitespace ?? true { return true }
        if let separator { return !line.contains(separator) }
        return !ImageFileFinder.hasImageName(fields(line, separator: nil)[0])
    }

    /// The fields of a line; a field in double quotes may hold separators, and quotes as two.
    private static func fields(_ line: Substring, separator: Character?) -> [String] {
        guard let separator else {
            let trimmed = trim(line)
            guard let blank = trimmed.lastIndex(of: " ") else { return [String(trimmed)] }
            return [String(trim(trimmed[..<blank])), String(trimmed[trimmed.index(after: blank)...])]
        }
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        var wasQuote = false
        for character in line {
            if isQuoted {
                if character == "\"" { (isQuoted, wasQuote) = (false, true) } else { field.append(character) }
                continue
            }
            if character == "\"" && (wasQuote || field.allSatisfy { $0 == " " }) {
                if wasQuote { field.append("\"") } else { field = "" }
                isQuoted = true
            } else if character == separator {
                fields.append(String(trim(field[...])))
                field = ""
            } else {
                field.append(character)
            }
            wasQuote = false
        }
        fields.append(String(trim(field[...])))
        return fields
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
