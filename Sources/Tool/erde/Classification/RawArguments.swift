import Artifacts
import Glibc

/// The command line's arguments as bytes, for paths that are not UTF-8.
enum RawArguments {
    /// The bytes of an argument that was read as text.
    static func path(_ text: String) -> FileName { paths([text])[0] }

    /// The bytes of arguments that were read as text, in the order in which they were given: several that are no UTF-8 may have
    /// become the same text.
    static func paths(_ texts: [String]) -> [FileName] {
        var next = 1
        return texts.map { text in
            guard text.unicodeScalars.contains("\u{FFFD}") else { return FileName(text) }
            for index in next..<max(next, Int(CommandLine.argc)) {
                guard let argument = CommandLine.unsafeArgv[index], String(cString: argument) == text else { continue }
                next = index + 1
                return FileName(UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
            }
            return FileName(text)
        }
    }
}
