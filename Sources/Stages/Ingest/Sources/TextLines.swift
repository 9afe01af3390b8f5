package import Diagnostics

/// The lines of a text file that hold more than blanks, without line ends and a byte order mark.
package struct TextLines {
    package struct Line {
        /// Counted from 1, as editors do.
        package let number: Int
        package let text: Substring
    }

    package private(set) var lines: [Line] = []

    package init(_ bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = String(decoding: bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0), as: UTF8.self)
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            if !line.allSatisfy(\.isWhitespace) { lines.append(Line(number: number, text: line)) }
        }
    }

    /// The lines as a list in which positions count: names of the labels 0, 1 ….
    ///
    /// - Throws: `ErdeError` of kind `badData` about `place` when a line before the last name is empty.
    package func names(in place: String) throws(ErdeError) -> [String] {
        for (position, line) in lines.enumerated() where line.number != position + 1 {
            throw ErdeError(
                .badData, place, "line \(position + 1) is empty", remedy: "write the name of label \(position) on it")
        }
        return lines.map { String($0.text) }
    }
}
