import Artifacts
import Diagnostics
import Execution
import Inference

/// What erde itself says of the images, in float32 or in the bytes of the model, and how long it takes.
final class OwnAnswers {
    /// Work that takes time.
    enum Work: Hashable {
        case everyExit
        /// Counted from 0.
        case cut(exit: Int)
        case leaving(ExitPolicy)
    }

    let logits: ExitLogits
    /// Pixels 0…1, `[N, C, H, W]`.
    let images: [Float]
    /// The largest absolute logit; 1 when there is none but 0.
    let scale: Double
    private let model: Model
    private let engine: any Engine
    private let options: CompilationOptions
    private let secondsPerMeasurement: Double
    private var times: [Work: [BatchTime]] = [:]

    /// - Parameter samples: at least one.
    /// - Throws: `ErdeError` of the engine, or of kind `badData` when the model's logits are no numbers.
    init(_ model: Model, _ samples: Samples, engine: any Engine, settings: CheckSettings) throws(ErdeError) {
        precondition(samples.count > 0, "no images")
        self.model = model
        self.engine = engine
        options = CompilationOptions(precision: .float32, threads: settings.threads)
        secondsPerMeasurement = settings.secondsPerMeasurement
        images = PixelScaling.floats(of: samples, 0..<samples.count)
        logits = try exitLogits(of: model, samples: samples, engine: engine, options: options)
        // Nothing can be said to be near these.
        guard logits.logits.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw ErdeError(
                .badData, "model", "gives logits that are not all finite, so nothing can be compared with them",
                remedy: "train it again at a lower learning rate")
        }
        let largest = logits.logits.reduce(Float(0)) { $1.reduce($0) { max($0, abs($1)) } }
        scale = largest > 0 ? Double(largest) : 1
    }

    /// Milliseconds for an image, as runners measure them.
    func milliseconds(_ work: Work) throws(ErdeError) -> [BatchTime] {
        if let known = times[work] { return known }
        var measured: [BatchTime] = []
        for batch in CheckSettings.batches { measured.append(try time(work, batch: batch)) }
        times[work] = measured
        return measured
    }

    /// Passes that are counted when they are quick.
    private static let passes = 15
    /// Passes that are not: `EarlyExitClassifier` prepares for the sizes of the batches it meets.
    private static let warmUps = 2

    private func time(_ work: Work, batch: Int) throws(ErdeError) -> BatchTime {
        let size = model.metadata.image.byteCount
        let count = CheckSettings.timedImages
        let timed = (0..<count).flatMap { images[$0 % logits.count * size..<($0 % logits.count + 1) * size] }
        let pass: () throws(ErdeError) -> Void
        switch work {
        case .everyExit: pass = try fullDepth(model, timed, count: count, batch: batch)
        case .cut(let exit): pass = try fullDepth(try model.cut(at: exit), timed, count: count, batch: batch)
        case .leaving(let policy):
            let classifier = try EarlyExitClassifier(
                model: model, policy: policy, engine: engine, options: options, batchSize: batch)
            pass = { () throws(ErdeError) in _ = try classifier.classify(timed, count: count) }
        }
        var seconds: [Double] = []
        for _ in 0..<Self.warmUps { try pass() }
        let begun = ContinuousClock.now
        while seconds.count < Self.passes && (seconds.isEmpty || (ContinuousClock.now - begun).seconds < secondsPerMeasurement) {
            let start = ContinuousClock.now
            try pass()
            seconds.append((ContinuousClock.now - start).seconds)
        }
        seconds.sort()
        return BatchTime(batch: batch, milliseconds: 1000 * seconds[seconds.count / 2] / Double(count))
    }

    private func fullDepth(
        _ model: Model, _ timed: [Float], count: Int, batch: Int
    ) throws(ErdeError) -> () throws(ErdeError) -> Void {
        let classifier = try FullDepthClassifier(model: model, engine: engine, options: options)
        let size = model.metadata.image.byteCount
        let pieces = stride(from: 0, to: count, by: batch).map { Array(timed[$0 * size..<min($0 + batch, count) * size]) }
        return { () throws(ErdeError) in
            for piece in pieces { _ = try classifier.logits(piece, count: piece.count / size) }
        }
    }
}
