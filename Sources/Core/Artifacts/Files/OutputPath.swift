package import Diagnostics
import Glibc

/// Where a file that is put in place by renaming really goes.
package enum OutputPath {
    /// The path itself, or what it leads to when it is a link: the link stays what it is.
    ///
    /// - Throws: `ErdeError` of kind `cannotWrite` for a device, a pipe or a socket, in whose place a file would come to lie.
    package static func resolved(_ path: String) throws(ErdeError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return path }
        guard [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else {
            throw ErdeError(
                .cannotWrite, path, "is a device, a pipe or a socket, and no file can be put in its place",
                remedy: "name a file")
        }
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return isLink(path) ? String(cString: real) : path
    }

    /// The folder a path lies in.
    package static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
}
