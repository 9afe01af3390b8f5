import CDNNL
import Dispatch

/// Calls `body` with each of so many parts of `0..<count`, of like size, and its number: on so many threads.
@inline(__always)
func inParallel(_ parts: Int, of count: Int, threads: Int, _ body: (Int, Range<Int>) -> Void) {
    inParallel(parts, threads: threads) { part in body(part, count * part / parts..<count * (part + 1) / parts) }
}

/// Calls `body` with each part of some work, on so many threads: those of the library where it has them.
///
/// A thread that sleeps takes tens of microseconds to wake, in a virtual machine more, and a step has hundreds of loops and
/// operations: they share their threads, so that these stay awake from one to the next.
func inParallel(_ parts: Int, threads: Int, _ body: (Int) -> Void) {
    guard parts > 1, threads > 1 else {
        for part in 0..<parts { body(part) }
        return
    }
    withoutActuallyEscaping(body) { body in
        // The parts do not overlap, and what the body touches outside them it only reads.
        nonisolated(unsafe) let work = body
        withUnsafePointer(to: work) { context in
            let isDone = erde_dnnl_run_parts(
                Int32(threads), Int32(parts),
                { context, part in context!.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(part)) },
                UnsafeMutableRawPointer(mutating: context))
            if isDone == 0 { DispatchQueue.concurrentPerform(iterations: parts) { work($0) } }
        }
    }
}

/// How many ranges of rows are worth doing side by side, by the numbers in all rows.
func rowParts(numbers: Int, threads: Int) -> Int { max(1, min(threads, numbers / 32768)) }
