import Artifacts
import CPUEngine
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
    let engine: String
    /// The most memory that this process ever held.
    let peakMemoryBytes: Int

    /// - Parameter seconds: of each run of `batch` images, ascending.
    init(work: String, batch: Int, seconds: [Double], engine: EngineOptions) {
        self.work = work
        self.batch = batch
        imagesPerSecond = Rate(
            median: Double(batch) / seconds[seconds.count / 2], low: Double(batch) / seconds[seconds.count - 1],
            high: Double(batch) / seconds[0])
        threads = engine.compilation.threads ?? CPUEngine.processors
        self.engine = engine.engine.name
        let status = (try? InputFile.bytes("/proc/self/status")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.filter(\.isNumber)
        peakMemoryBytes = (peak.flatMap { Int($0) } ?? 0) * 1024
    }

    var text: String {
        "\(work): \(groupedText(Int(imagesPerSecond.median))) images/s "
            + "(\(groupedText(Int(imagesPerSecond.low)))–\(groupedText(Int(imagesPerSecond.high)))) at batch \(batch), "
            + "\(threads) threads, \(engine), \(bytesText(peakMemoryBytes)) at most"
    }
}
