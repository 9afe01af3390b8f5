import Glibc

/// What is found where a file was expected, in words for errors.
package enum FileKind {
    /// - Parameter mode: `st_mode` of what was found.
    package static func words(_ mode: UInt32) -> String {
        switch mode & S_IFMT {
        case S_IFREG: "a file"
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        case S_IFCHR, S_IFBLK: "a device"
        default: "something else"
        }
    }
}
