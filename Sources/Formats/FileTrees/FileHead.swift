/// How much of a file is looked at to tell what it is.
package enum FileHead {
    /// Enough for every format's mark; a tar archive has its own at byte 257.
    package static let byteCount = 512
}
