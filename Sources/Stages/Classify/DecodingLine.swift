import Artifacts
import Dispatch
import Images
import Synchronization

/// Reads and decodes images on threads of its own, some ahead of where they are needed.
///
/// Threads take runs of neighbours from the source one after the other and decode them side by side; runs are ready in any
/// order. How far they go ahead is bounded twice: by the decoded runs that nobody took yet, and by all runs not yet finished.
final class DecodingLine: Sendable {
    /// What waiting for a run came to.
    enum Step {
        case run(DecodedRun)
        /// Nothing was ready in time, or nothing can come before images are answered.
        case idle
        case end
    }

    private struct Intake {
        var source: any ImageSource
        var nextRun = 0
        var isAtEnd = false
    }

    private struct Progress {
        /// Decoded runs that nobody took yet.
        var ready: [DecodedRun] = []
        /// Runs asked for, being decoded or ready.
        var ahead = 0
        /// All of these, and runs that are taken and not finished.
        var unfinished = 0
        var workers: Int
        var isStopped = false
    }

    private let format: ImageFormat
    private let limits: ImageLimits
    /// Most images of a run.
    let runLength: Int
    private let mostAhead: Int
    private let mostUnfinished: Int
    private let mayTakeBack: Bool
    private let intake: Mutex<Intake>
    private let progress: Monitor<Progress>
    private let group = DispatchGroup()

    /// - Parameters:
    ///   - workers: decoding threads.
    ///   - waitingRuns: runs that may be under way to whoever takes them.
    ///   - unfinishedRuns: runs that may be taken from the source and not finished.
    init(
        source: sending any ImageSource, format: ImageFormat, limits: ImageLimits, runLength: Int, workers: Int,
        waitingRuns: Int, unfinishedRuns: Int
    ) {
        self.format = format
        self.limits = limits
        self.runLength = runLength
        mostAhead = waitingRuns
        mostUnfinished = unfinishedRuns
        mayTakeBack = source.mayTakeBack
        intake = Mutex(Intake(source: source))
        progress = Monitor(Progress(workers: workers))
        for worker in 0..<workers {
            DispatchQueue(label: "erde.decode.\(worker)").async(group: group) { [self] in work() }
        }
    }

    /// The next run that is ready, in any order.
    ///
    /// - Parameter holding: whether the caller keeps images back that it could finish.
    func take(waiting patience: Duration, holding: Bool) -> Step {
        progress.wait(atMost: patience) { progress in
            if !progress.ready.isEmpty {
                progress.ahead -= 1
                return .run(progress.ready.removeFirst())
            }
            if progress.workers == 0 { return .end }
            return holding && progress.unfinished - progress.ahead >= mostUnfinished ? .idle : nil
        } ?? .idle
    }

    /// Tells that all images of a run are answered, so that another may be begun.
    func finish() { progress.change { $0.unfinished -= 1 } }

    /// Ends the threads after the images in hand, and waits for them.
    func stop() {
        progress.change { $0.isStopped = true }
        group.wait()
        progress.change { $0.ready = [] }
    }

    private func work() {
        var decoder = ImageDecoder(limits: limits)
        while mayBegin() {
            let (step, number) = intake.withLock { intake -> (ImageSourceStep, Int) in
                if intake.isAtEnd { return (.end, 0) }
                let step = intake.source.next(atMost: runLength)
                switch step {
                case .images: intake.nextRun += 1
                case .end: intake.isAtEnd = true
                case .idle: break
                }
                return (step, intake.nextRun - 1)
            }
            guard case .images(let items) = step else {
                progress.change {
                    $0.ahead -= 1
                    $0.unfinished -= 1
                }
                if case .end = step { break }
                continue
            }
            let run = DecodedRun(number: number, items: items, format: format, decoder: &decoder) { item in
                mayTakeBack && intake.withLock { $0.source.takesBack(item) }
            }
            progress.change { $0.ready.append(run) }
        }
        progress.change { $0.workers -= 1 }
    }

    /// Waits until a run may be begun, and counts it; false when none will be.
    private func mayBegin() -> Bool {
        progress.wait { progress -> Bool? in
            if progress.isStopped { return false }
            guard progress.ahead < mostAhead, progress.unfinished < mostUnfinished else { return nil }
            progress.ahead += 1
            progress.unfinished += 1
            return true
        } ?? false
    }
}
