import Glibc

/// Which file or folder a path leads to, by whatever name.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt
    private let node: UInt

    /// Nil, with the reason in `errno`, where it leads nowhere.
    package init?(_ path: FileName) {
        var status = stat()
        guard path.withCString({ stat($0, &status) }) == 0 else { return nil }
        (device, node) = (UInt(status.st_dev), UInt(status.st_ino))
    }
}
