import Artifacts
import Execution
package import Images

/// How a classification run works; none of it changes an answer.
package struct ClassificationSettings: Sendable {
    /// The most images that run through the network at once, in all threads together.
    package var batchSize: Int
    /// Threads that read and decode.
    package var decoders: Int
    /// What an image file may cost.
    package var limits: ImageLimits
    /// Images that may be on their way at once; the default fits the model.
    package var window: Int?
    /// How long images wait for others to fill their batch while none come.
    package var patience: Duration

    package init(
        batchSize: Int = 128, decoders: Int = 2, limits: ImageLimits = ImageLimits(), window: Int? = nil,
        patience: Duration = .milliseconds(250)
    ) {
        self.batchSize = batchSize
        self.decoders = decoders
        self.limits = limits
        self.window = window
        self.patience = patience
    }

    /// Bytes of decoded images that may wait.
    private static let pixelBytes = 32 << 20
    /// Bytes of answers that may wait for an earlier one.
    private static let answerBytes = 32 << 20

    /// How a batch is shared out among threads that run the network.
    package struct Workers: Hashable, Sendable {
        /// How many run it side by side.
        package let count: Int
        /// The most images that each runs at once.
        package let batchSize: Int
        /// Threads that each of them uses.
        package let threads: Int
    }

    /// As many workers as leave each enough images: a thread alone with a batch is faster than two that share it.
    package func workers(threads: Int) -> Workers {
        let count = max(1, min(threads, batchSize / RowParallelExecutable.smallestPart))
        return Workers(count: count, batchSize: batchSize / count, threads: threads / count)
    }

    /// Images that a thread decodes in one go.
    func runLength(_ image: ImageFormat) -> Int { max(1, min(32, batchSize, (1 << 20) / image.byteCount)) }

    /// Decoded runs that may wait: two batches, unless their pixels are many.
    func waitingRuns(_ image: ImageFormat) -> Int {
        let length = runLength(image)
        let wanted = 2 * batchSize / length + decoders
        return max(decoders, min(wanted, ClassificationSettings.pixelBytes / (length * image.byteCount)))
    }

    /// Runs that may be unfinished: enough that deep segments fill their batches from many shallow ones.
    func unfinishedRuns(_ image: ImageFormat, classes: Int) -> Int {
        let images = window ?? max(2 * batchSize, min(128 * batchSize, ClassificationSettings.answerBytes / (256 + 4 * classes)))
        return max(decoders, images / runLength(image))
    }
}
