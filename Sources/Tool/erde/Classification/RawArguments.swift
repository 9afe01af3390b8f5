import Artifacts
import Glibc

/// The command line's arguments as bytes, for paths that are not UTF-8.
enum RawArguments {
    /// The bytes of an argument that was read as text.
    static func path(_ text: String) -> FileName {
        guard text.unicodeScalars.contains("\u{FFFD}") else { return FileName(text) }
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            if String(cString: argument) == text {
                return FileName(UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
            }
        }
        return FileName(text)
    }
}
