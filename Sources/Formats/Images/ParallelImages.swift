import Dispatch

/// Runs work on images by all cores, a decoder for each run of neighbours.
package enum ParallelImages {
    /// Neighbouring images that share a decoder: enough to make its making cheap, few enough to balance the cores.
    package static let runCount = 32

    /// Calls `body` with each index below `count`, from several threads; results go to places of their own.
    package static func forEach(count: Int, limits: ImageLimits, _ body: @Sendable (inout ImageDecoder, Int) -> Void) {
        let runs = (count + runCount - 1) / runCount
        withoutActuallyEscaping(body) { body in
            DispatchQueue.concurrentPerform(iterations: runs) { run in
                var decoder = ImageDecoder(limits: limits)
                for index in run * runCount..<min(count, (run + 1) * runCount) { body(&decoder, index) }
            }
        }
    }
}
