import Artifacts
import Diagnostics
import Inference

/// Brings answers, which come in any order, into the order of the images.
struct AnswerWindow {
    private struct Run {
        let items: [ImageItem]
        var results: [Result<Classification, ErdeError>?]
        var missing: Int
    }

    /// Most images of a run: positions are counted in steps of it.
    private let runLength: Int
    private var runs: [Int: Run] = [:]
    /// The run that comes out next.
    private var front = 0

    init(runLength: Int) { self.runLength = runLength }

    /// Runs of which an answer is missing or that wait for an earlier one.
    var count: Int { runs.count }

    /// Takes a run in; gives the positions of its good images, in order.
    mutating func insert(_ run: DecodedRun) -> [Int] {
        let results = run.failures.map { failure in failure.map { Result<Classification, ErdeError>.failure($0) } }
        let missing = run.failures.count { $0 == nil }
        runs[run.number] = Run(items: run.items, results: results, missing: missing)
        return run.failures.indices.filter { run.failures[$0] == nil }.map { run.number * runLength + $0 }
    }

    /// Notes an answer; one that is no number is none.
    mutating func answer(_ position: Int, _ classification: Classification) {
        let (number, place) = position.quotientAndRemainder(dividingBy: runLength)
        runs[number]!.results[place] =
            classification.probability.isFinite
            ? .success(classification)
            : .failure(
                ErdeError(
                    .badData, runs[number]!.items[place].name.readable, "the network's last logits for it are no numbers",
                    remedy: "see whether `erde evaluate` can measure the model"))
        runs[number]!.missing -= 1
    }

    /// The images of the first run, when all are answered; it is gone then.
    mutating func next() -> [ClassifiedImage]? {
        guard let run = runs[front], run.missing == 0 else { return nil }
        runs[front] = nil
        front += 1
        return zip(run.items, run.results).map { item, result in
            var (isFile, isRest) = (false, false)
            switch item.content {
            case .file: isFile = true
            case .rest: isRest = true
            case .bytes, .failure: break
            }
            return ClassifiedImage(name: item.name, isFile: isFile, isRest: isRest, result: result!)
        }
    }
}
