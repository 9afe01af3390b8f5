package import Artifacts
package import Diagnostics
import Glibc

/// Reads file names from a list, one at a time, as they come.
package struct ListReader: Sendable {
    /// What stands between two names.
    package enum Separator: UInt8, Sendable {
        case newline = 10
        case zero = 0
    }

    /// What asking for a name came to.
    package enum Step: Sendable {
        case name(FileName)
        /// The next name is not there yet.
        case pending
        case end
    }

    /// Longer than any path that a system takes.
    private static let nameLimit = 1 << 16

    private let descriptor: Int32
    private let title: String
    private let separator: Separator
    private var bytes: [UInt8] = []
    /// Where the next name begins, and how far the search for its end has come.
    private var start = 0
    private var searched = 0
    private var isAtEnd = false
    /// Whether no name was read yet.
    private var isAtStart = true

    /// - Parameters:
    ///   - descriptor: read from, and left open.
    ///   - title: what errors call the list.
    package init(descriptor: Int32, title: String, separator: Separator) {
        self.descriptor = descriptor
        self.title = title
        self.separator = separator
    }

    /// The next name; empty ones are passed over.
    ///
    /// - Parameter milliseconds: how long to wait for it.
    /// - Throws: `ErdeError` of kind `notFound` when the list cannot be read, `badData` when it is none.
    package mutating func next(waiting milliseconds: Int32) throws(ErdeError) -> Step {
        while true {
            if let end = bytes[searched...].firstIndex(of: separator.rawValue) {
                let name = try fileName(bytes[start..<end])
                start = end + 1
                searched = start
                if !name.isEmpty { return .name(name) }
                continue
            }
            searched = bytes.count
            if isAtEnd {
                let rest = try fileName(bytes[start...])
                start = bytes.count
                return rest.isEmpty ? .end : .name(rest)
            }
            if bytes.count - start > ListReader.nameLimit {
                throw ErdeError(
                    .badData, title, "expected a list of files, found a name of more than \(ListReader.nameLimit) bytes",
                    remedy: "give one name a line, or --null between names")
            }
            if !(try fill(waiting: milliseconds)) { return .pending }
        }
    }

    /// A name without the mark that lists from Windows begin with.
    private mutating func unmarked(_ name: ArraySlice<UInt8>) throws(ErdeError) -> ArraySlice<UInt8> {
        guard isAtStart, separator == .newline else { return name }
        isAtStart = false
        if name.starts(with: [0xFF, 0xFE]) || name.starts(with: [0xFE, 0xFF]) {
            throw ErdeError(.badData, title, "expected a list of files, found UTF-16", remedy: "save it as UTF-8")
        }
        return name.starts(with: [0xEF, 0xBB, 0xBF]) ? name.dropFirst(3) : name
    }

    /// What a line or a piece of the list says, which may be nothing.
    private mutating func fileName(_ piece: ArraySlice<UInt8>) throws(ErdeError) -> FileName {
        let bytes = try unmarked(piece)
        if bytes.contains(0) {
            throw ErdeError(
                .badData, title, "expected a list of files, found a name with a zero byte",
                remedy: "add --null if zero bytes stand between the names")
        }
        // Lists from Windows.
        return FileName(separator == .newline && bytes.last == 13 ? bytes.dropLast() : bytes)
    }

    /// Reads on; false when there is nothing to read in time.
    private mutating func fill(waiting milliseconds: Int32) throws(ErdeError) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&request, 1, milliseconds) <= 0 { return false }
        bytes.removeSubrange(..<start)
        searched -= start
        start = 0
        var count = 0
        let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
            count = read(descriptor, buffer.baseAddress, buffer.count)
            filled = max(0, count)
        }
        if count < 0 {
            if errno == EINTR || errno == EAGAIN { return false }
            throw ErdeError(
                .notFound, title, "cannot be read: \(String(cString: strerror(errno)))", remedy: "check the list")
        }
        bytes += piece
        isAtEnd = count == 0
        return true
    }
}
