import Artifacts
import CPUEngine
import Diagnostics
import Execution
import FoundationEssentials

/// What a benchmark measured.
struct SpeedResult: Encodable {
    struct Rate: Encodable {
        let median: Double
        let low: Double
        let high: Double
    }

    let work: String
    let batch: Int
    let imagesPerSecond: Rate
    let threads: Int
    /// nil where no network runs.
    let precision: Precision?
    let engine: String?
    /// The most memory that this process ever held.
    let peakMemoryBytes: Int
    /// Share of the time that training steps waited for their images.
    var waitingShare: Double?
    /// Seconds of one step by kind of work, when it was asked for.
    var secondsByWork: [String: Double]?
    /// Whether convolutions of the model compute with bytes, whatever the precision of the rest.
    var isQuantized: Bool?
    /// Mean MACs of an image, when images leave early.
    var meanMACs: Double?

    /// - Parameters:
    ///   - images: images of one run; `batch` by default.
    ///   - seconds: of each run, ascending.
    init(work: String, batch: Int, images: Int? = nil, seconds: [Double], engine: EngineOptions) {
        self.init(
            work: work, batch: batch, images: images ?? batch, seconds: seconds,
            threads: engine.compilation.threads ?? CPUEngine.processors,
            precision: engine.engine.precision(for: engine.compilation), engine: engine.engine.name)
    }

    /// Work without a network: all of `images` in each run.
    init(work: String, images: Int, seconds: [Double], threads: Int) {
        self.init(
            work: work, batch: images, images: images, seconds: seconds, threads: threads, precision: nil, engine: nil)
    }

    private init(
        work: String, batch: Int, images: Int, seconds: [Double], threads: Int, precision: Precision?, engine: String?
    ) {
        self.work = work
        self.batch = batch
        let images = Double(images)
        imagesPerSecond = Rate(
            median: images / seconds[seconds.count / 2], low: images / seconds[seconds.count - 1],
            high: images / seconds[0])
        self.threads = threads
        self.precision = precision
        self.engine = engine
        let status = InputFile.systemText("/proc/self/status")
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.filter(\.isNumber)
        peakMemoryBytes = (peak.flatMap { Int($0) } ?? 0) * 1024
    }

    var text: String {
        let workers = "\(threads) \(noun("thread", for: threads))"
        let parts = [
            "at batch \(batch)", precision?.rawValue, isQuantized == true ? "int8 convolutions" : nil, workers, engine,
            "\(bytesText(peakMemoryBytes)) at most", meanMACs.map { "\(macsText($0)) per image" },
            waitingShare.map { "waiting for images \(percentText($0))" },
        ]
        return "\(work): \(groupedText(Int(imagesPerSecond.median))) images/s "
            + "(\(groupedText(Int(imagesPerSecond.low)))–\(groupedText(Int(imagesPerSecond.high)))) "
            + parts.compactMap(\.self).joined(separator: ", ")
    }
}
