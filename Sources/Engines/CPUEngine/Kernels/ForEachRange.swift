/// Calls `body` with ranges that together cover `0..<count`: several at once when there is enough to do.
@inline(__always)
func forEachRange(of count: Int, threads: Int, _ body: (Range<Int>) -> Void) {
    let smallest = 1 << 16
    let parts = min(threads, count / smallest)
    guard parts > 1 else { return body(0..<count) }
    inParallel(parts, of: count, threads: threads) { _, range in body(range) }
}
