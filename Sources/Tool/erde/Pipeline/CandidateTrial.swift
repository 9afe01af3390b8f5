import Architectures
import Artifacts
import Calibrate
import Diagnostics
import Distill
import Inference
import Tensors
import Training

/// The short trainings of a search, all on the first so many images of one random order.
final class CandidateTrial {
    private let search: StudentSearch
    /// The training images of the longest training.
    private let order: [Int]
    /// What the teacher says of them as they are, once somebody asks.
    private var judgement: ExitLogits?

    /// - Parameter images: that the longest training sees.
    init(search: StudentSearch, images: Int) {
        self.search = search
        let all = search.place.dataset.train.count
        var generator = RandomGenerator(seed: search.recipe.training.seed, stream: 0x7365_6172)
        var order = Array(0..<all)
        generator.shuffle(&order)
        self.order = Array(order.prefix(min(images, all)))
    }

    /// Trains a candidate with the run's own recipe, but for its length. One that diverges counts as never right.
    ///
    /// - Parameters:
    ///   - images: that it sees, again and again where there are not as many.
    ///   - place: where the search is, for the progress line.
    func run(
        _ candidate: StudentChoice.Candidate, round: Int, images: Int, targetMACs: Double, place: String
    ) throws(ErdeError) -> SearchLog.Entry {
        let start = ContinuousClock.now
        var recipe = search.recipe.training
        recipe.epochs = max(1, (images + order.count - 1) / order.count)
        let chosen = Array(order.prefix(images / recipe.epochs))
        recipe.batchSize = min(recipe.batchSize, chosen.count)
        var loss = search.loss
        let part = search.place.dataset.training(on: chosen, name: "first \(chosen.count) of seed \(recipe.seed)")
        var predictions = search.folds?.selecting(chosen, datasetFingerprint: part.fingerprint)
        if predictions == nil, loss.method.learnsFromTeacher {
            loss.outOfFold = .all
            // What was said of single images cannot be imitated on blends.
            recipe.augmentation.mixup = 0
            predictions = try self.predictions(chosen.count, part, recipe, loss)
        }
        var run = TrainingRun(engine: search.engine.engine, options: search.engine.compilation)
        run.shouldStop = { Interruption.isRequested }
        var line = ProgressLine()
        run.report = { event in
            guard case .step(let progress) = event else { return }
            let done = (progress.epoch - 1) * progress.stepsPerEpoch + progress.step
            line.update(
                "\(place)  \(candidate.architecture.name) "
                    + "\(ProgressLine.bar(done, of: progress.epochs * progress.stepsPerEpoch)) "
                    + "\(Int(progress.imagesPerSecond)) images/s  \(ProgressLine.duration(progress.secondsLeft)) left")
        }
        defer { line.clear() }
        let model: Model
        do throws(ErdeError) {
            model = try distill(
                from: search.teacher, foldPredictions: predictions, parentHash: nil, on: part, datasetPath: nil,
                to: candidate.architecture, recipe: recipe, distillation: loss, run: run)
        } catch {
            if error.kind == .diverged {
                line.clear()
                Console.standard.warn(
                    "\(place)  \(candidate.architecture.name) diverged and counts as never right: \(error.problem)")
                return SearchLog.Entry(
                    architecture: candidate.architecture.name, round: round, images: chosen.count * recipe.epochs,
                    calibrationAccuracy: 0, calibrationMeanMACs: Double(candidate.fullDepthMACs),
                    seconds: (ContinuousClock.now - start).seconds, diverged: true)
            }
            if error.kind != .interrupted { throw error }
            throw ErdeError(
                .interrupted, "the search for a student", "stopped in \(place)",
                remedy: "run the same command with --resume to go on")
        }
        let logits = try LabelledLogits(of: model, part.calibration, engine: search.engine)
        let point = try FittingProgress.show { (run) throws(ErdeError) in
            try fitThresholds(
                for: [targetMACs], on: logits, score: search.recipe.score, cumulativeMACs: candidate.cumulativeMACs, run: run)[0]
        }
        return SearchLog.Entry(
            architecture: candidate.architecture.name, round: round, images: chosen.count * recipe.epochs,
            calibrationAccuracy: point.calibrationAccuracy, calibrationMeanMACs: point.calibrationMeanMACs,
            seconds: (ContinuousClock.now - start).seconds)
    }

    /// What the teacher says of the first `count` images, in the form in which predictions take a teacher's place.
    private func predictions(
        _ count: Int, _ part: Dataset, _ recipe: TrainingRecipe, _ loss: DistillationRecipe
    ) throws(ErdeError) -> FoldPredictions {
        if judgement == nil {
            Console.standard.note("The teacher judges \(groupedText(order.count)) training images")
            var line = ProgressLine()
            judgement = try exitLogits(
                of: search.teacher, samples: search.place.dataset.train.selecting(order), engine: search.engine.engine,
                options: search.engine.compilation
            ) { [total = order.count] done in
                line.update("judging \(ProgressLine.bar(done, of: total)) \(groupedText(done)) images")
            }
            line.clear()
        }
        guard let judgement else { preconditionFailure("the teacher has not judged") }
        var predictions = FoldPredictions(
            FoldPredictions.Origin(
                folds: 1, datasetFingerprint: part.fingerprint, imageCount: count, classes: judgement.classes,
                exits: judgement.exits, architecture: search.teacher.metadata.provenance.architecture?.name ?? "teacher",
                training: recipe, distillation: loss))
        predictions.logits = judgement.logits.map { Array($0.prefix(count * judgement.classes)) }
        predictions.foldsDone = 1
        return predictions
    }
}
