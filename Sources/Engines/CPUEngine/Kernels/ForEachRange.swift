import Dispatch

/// Calls `body` with ranges that together cover `0..<count`: several at once when there is enough to do.
@inline(__always)
func forEachRange(of count: Int, threads: Int, _ body: (Range<Int>) -> Void) {
    let smallest = 1 << 16
    let parts = min(threads, count / smallest)
    guard parts > 1 else { return body(0..<count) }
    withoutActuallyEscaping(body) { body in
        // The ranges do not overlap, and what the body touches outside them it only reads.
        nonisolated(unsafe) let work = body
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            work(count * part / parts..<count * (part + 1) / parts)
        }
    }
}
