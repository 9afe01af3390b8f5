import Artifacts
import Glibc

/// What tells whether a file has changed: its size and when it was last written.
struct FileState: Hashable, Sendable {
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    /// Nil when there is no such file.
    init?(_ path: FileName) {
        var status = stat()
        guard path.withCString({ stat($0, &status) }) == 0 else { return nil }
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    var isEmpty: Bool { size == 0 }

    /// Whether the file was changed less than so long ago, or at a time that is yet to come.
    func isYounger(than duration: Duration) -> Bool {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let age = Duration.seconds(now.tv_sec - seconds) + .nanoseconds(now.tv_nsec - nanoseconds)
        return age < duration
    }
}
