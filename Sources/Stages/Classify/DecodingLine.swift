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
        /// Nothing was ready in time.
        case idle
        case end
    }

    private struct Intake {
        var source: any ImageSource
        var nextRun = 0
        var isAtEnd = false
    }

    private struct Ready {
        var runs: [DecodedRun] = []
        var workers: Int
    }

    private let format: ImageFormat
    private let limits: ImageLimits
    /// Most images of a run.
    let runLength: Int
    private let workers: Int
    private let mayTakeBack: Bool
    private let intake: Mutex<Intake>
    private let ready: Mutex<Ready>
    /// Signalled for each run that is ready, and for each worker that ends.
    private let arrival = DispatchSemaphore(value: 0)
    /// One for each decoded run that may wait to be taken.
    private let room = DispatchSemaphore(value: 0)
    /// One for each run that may be unfinished.
    private let unfinished = DispatchSemaphore(value: 0)
    private let isStopped = Atomic(false)
    private let group = DispatchGroup()

    /// - Parameters:
    ///   - workers: decoding threads.
    ///   - waitingRuns: decoded runs that may wait to be taken.
    ///   - unfinishedRuns: runs that may be taken from the source and not finished.
    init(
        source: sending any ImageSource, format: ImageFormat, limits: ImageLimits, runLength: Int, workers: Int,
        waitingRuns: Int, unfinishedRuns: Int
    ) {
        self.format = format
        self.limits = limits
        self.runLength = runLength
        self.workers = workers
        mayTakeBack = source.mayTakeBack
        intake = Mutex(Intake(source: source))
        ready = Mutex(Ready(workers: workers))
        // Semaphores must not end below the value they began with.
        for _ in 0..<waitingRuns { room.signal() }
        for _ in 0..<unfinishedRuns { unfinished.signal() }
        for worker in 0..<workers {
            DispatchQueue(label: "erde.decode.\(worker)").async(group: group) { [self] in work() }
        }
    }

    /// The next run that is ready, in any order.
    func take(waiting patience: DispatchTimeInterval) -> Step {
        while true {
            if arrival.wait(timeout: .now() + patience) == .timedOut { return .idle }
            let run = ready.withLock { ready -> DecodedRun?? in
                if !ready.runs.isEmpty { return ready.runs.removeFirst() }
                return ready.workers == 0 ? .some(nil) : nil
            }
            guard let run else { continue }
            guard let run else { return .end }
            room.signal()
            return .run(run)
        }
    }

    /// Tells that all images of a run are answered, so that another may be begun.
    func finish() { unfinished.signal() }

    /// Ends the threads after the images in hand, and waits for them.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        for _ in 0..<workers {
            room.signal()
            unfinished.signal()
        }
        group.wait()
    }

    private func work() {
        var decoder = ImageDecoder(limits: limits)
        while true {
            unfinished.wait()
            room.wait()
            if isStopped.load(ordering: .relaxed) { break }
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
            switch step {
            case .images(let items):
                let run = DecodedRun(number: number, items: items, format: format, decoder: &decoder) { item in
                    mayTakeBack && intake.withLock { $0.source.takesBack(item) }
                }
                ready.withLock { $0.runs.append(run) }
                arrival.signal()
                continue
            case .idle:
                room.signal()
                unfinished.signal()
                continue
            case .end: break
            }
            break
        }
        // The others wait for what this worker held.
        room.signal()
        unfinished.signal()
        ready.withLock { $0.workers -= 1 }
        arrival.signal()
    }
}
