/// Copies bytes between places that do not overlap, large ones with several threads.
func copyInParallel(
    from source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, _ byteCount: Int, _ threads: Int
) {
    forEachRange(of: byteCount, threads: threads) { range in
        (target + range.lowerBound).copyMemory(from: source + range.lowerBound, byteCount: range.count)
    }
}
