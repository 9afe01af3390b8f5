package import Diagnostics
import Glibc

/// Where a file that is put in place by renaming really goes.
package enum OutputPath {
    /// The path itself, or what it leads to when it is a link, even to where nothing is yet: the link stays what it is.
    ///
    /// - Throws: `ErdeError` of kind `cannotWrite` for a device, a pipe or a socket, in whose place a file would come to lie,
    ///   and for a link that leads back to itself.
    package static func resolved(_ path: String) throws(ErdeError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return try followed(path) }
        guard [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else {
            throw ErdeError(
                .cannotWrite, path, "is a device, a pipe or a socket, and no file can be put in its place",
                remedy: "name a file")
        }
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return FileName(path).linkDestination == nil ? path : String(cString: real)
    }

    /// The folder a path lies in.
    package static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Where the links from a path end at which there is nothing.
    private static func followed(_ path: String) throws(ErdeError) -> String {
        var place = path
        // As many links as the system follows.
        for _ in 0..<40 {
            guard let next = FileName(place).linkDestination?.text else { return place }
            place = next.hasPrefix("/") ? next : "\(folder(of: place))/\(next)"
        }
        throw ErdeError(.cannotWrite, path, "is a link that leads back to itself", remedy: "name a file")
    }
}
