import Artifacts
import Diagnostics
import Dispatch
import Execution
import Inference

/// Runs the network on threads of its own, and brings the answers into the order of the images.
///
/// Each thread takes decoded runs and classifies them from the first layer to the last by itself. Threads wait for images,
/// never for each other.
final class InferenceLine: Sendable {
    /// What waiting for answers came to.
    enum Step {
        /// The next images, all answered.
        case images([ClassifiedImage])
        /// Nothing is ready, and no image is on its way.
        case idle
        case end
    }

    private struct Progress {
        var window: AnswerWindow
        var workers: Int
        var failure: ErdeError?
        var isStopped = false
    }

    private let source: DecodingLine
    private let patience: Duration
    private let progress: Monitor<Progress>
    private let group = DispatchGroup()

    /// - Parameters:
    ///   - workers: how the images of a batch are shared out, from `ClassificationSettings`.
    ///   - patience: how long images wait for others to fill their batch while none come.
    init(
        _ source: DecodingLine, network: EarlyExitNetwork, engine: any Engine, options: CompilationOptions,
        workers: ClassificationSettings.Workers, patience: Duration
    ) {
        self.source = source
        self.patience = patience
        progress = Monitor(Progress(window: AnswerWindow(runLength: source.runLength), workers: workers.count))
        var options = options
        options.threads = workers.threads
        for worker in 0..<workers.count {
            DispatchQueue(label: "erde.infer.\(worker)").async(group: group) { [self, options] in
                work(
                    EarlyExitClassifier(
                        network: network, engine: engine, options: options, batchSize: workers.batchSize))
            }
        }
    }

    /// The next images, in the order of the source.
    ///
    /// - Parameter waits: whether to wait a moment for images when none are on their way.
    /// - Throws: `ErdeError` of the engine.
    func take(waits: Bool) throws(ErdeError) -> Step {
        var patience = waits ? patience : .zero
        while true {
            let step = progress.wait(atMost: patience) { progress -> Result<Step, ErdeError>? in
                if let failure = progress.failure { return .failure(failure) }
                if let images = progress.window.next() { return .success(.images(images)) }
                return progress.workers == 0 ? .success(.end) : nil
            }
            if let step { return try step.get() }
            if progress.read({ $0.window.count }) == 0 { return .idle }
            patience = self.patience
        }
    }

    /// Ends the threads, and waits for them. The source must have been stopped.
    func stop() {
        progress.change { $0.isStopped = true }
        group.wait()
    }

    private func work(_ classifier: EarlyExitClassifier) {
        do throws(ErdeError) {
            while try next(classifier) {}
        } catch {
            progress.change { $0.failure = $0.failure ?? error }
        }
        progress.change { $0.workers -= 1 }
    }

    /// Answers what is ready or waits; false when nothing comes any more.
    private func next(_ classifier: EarlyExitClassifier) throws(ErdeError) -> Bool {
        var answers: [(Int, Classification)] = []
        let step = source.take(waiting: patience, holding: classifier.waitingCount > 0)
        if progress.read({ $0.isStopped }) { return false }
        switch step {
        case .run(let run):
            let positions = progress.change { $0.window.insert(run) }
            try run.pixels.withUnsafeBufferPointer { pixels throws(ErdeError) in
                try classifier.add(UnsafeRawBufferPointer(pixels), positions: positions) { answers.append(($0, $1)) }
            }
        case .idle, .end:
            try classifier.finish { answers.append(($0, $1)) }
        }
        if !answers.isEmpty {
            progress.change { progress in
                for (position, answer) in answers { progress.window.answer(position, answer) }
            }
        }
        if case .end = step { return false }
        return true
    }
}
