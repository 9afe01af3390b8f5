/// A block of aligned memory with one owner, zeroed at first.
final class Arena {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) {
        self.byteCount = byteCount
        base = .allocate(byteCount: max(byteCount, MemoryPlan.alignment), alignment: MemoryPlan.alignment)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: max(byteCount, MemoryPlan.alignment))
    }

    deinit { base.deallocate() }
}
