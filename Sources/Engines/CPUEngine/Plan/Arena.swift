import Diagnostics
import Glibc

/// A block of aligned memory with one owner, zeroed at first.
final class Arena {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    /// - Throws: `ErdeError` of kind `unavailable` when the system has no such block.
    init(byteCount: Int) throws(ErdeError) {
        self.byteCount = byteCount
        let size = max(byteCount, MemoryPlan.alignment)
        var block: UnsafeMutableRawPointer?
        guard posix_memalign(&block, MemoryPlan.alignment, size) == 0, let block else {
            throw ErdeError(
                .unavailable, "memory", "the system does not give the \(size / 1_000_000) MB that a batch needs",
                remedy: "choose a smaller --batch")
        }
        base = block
        memset(base, 0, size)
    }

    deinit { free(base) }
}
