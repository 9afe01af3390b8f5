import Architectures
import Artifacts
import Diagnostics
import Execution
import Training

/// Chooses the student by short trainings: successive halving on calibration accuracy at the target budget.
///
/// The teacher judges the training images once, as they are, and every candidate learns from that: running the teacher in every
/// step, on augmented images, would cost more than the candidates themselves. Where out-of-fold predictions mask what it says, it
/// runs all the same.
struct StudentSearch {
    let teacher: Model
    let teacherHash: String
    /// What teachers say of training images that they have not seen, for a loss that uses that.
    let folds: FoldPredictions?
    let place: DatasetPlace
    let recipe: RunRecipe
    let loss: DistillationRecipe
    let engine: EngineOptions
    /// The file that keeps what has been measured.
    let logPath: String

    private var console: Console { .standard }
    private var dataset: Dataset { place.dataset }

    /// Candidates that a search begins with where time allows.
    static let candidates = 8
    /// Steps of the shortest training that says something about a network.
    static let fewestSteps = 40

    /// The plan with the winner in it, or as it was where there is nothing to choose or no time to do so.
    ///
    /// - Throws: `ErdeError` of kind `interrupted` when asked to stop; what has been measured is kept for `resume`; of kind
    ///   `usage` when every candidate diverges.
    func run(_ plan: StudentPlan, resume: Bool) throws(ErdeError) -> StudentPlan {
        let epochs = recipe.searchEpochs ?? Double(recipe.training.epochs)
        let list = plan.shortlist(count: StudentSearch.candidates)
        let halving = SuccessiveHalving(
            candidates: list.count, images: Int(epochs * Double(dataset.train.count)),
            fewest: StudentSearch.fewestSteps * recipe.training.batchSize)
        guard !halving.rounds.isEmpty else {
            if list.count > 1, recipe.searchEpochs.map({ $0 > 0 }) ?? true { noteWhyThereIsNone() }
            return plan
        }
        var log = try SearchLog(path: logPath, header: header(plan, list, halving), resume: resume)
        let trial = CandidateTrial(search: self, images: halving.rounds.map(\.images).max() ?? 0)
        let work = list.prefix(halving.rounds[0].candidates)
        console.note(
            "Choosing among \(work.count) of \(plan.candidates.count) networks by short trainings: "
                + halving.rounds.map { "\($0.candidates) on \(groupedText($0.images)) images" }.joined(separator: ", "))
        if log.entries.isEmpty { console.note("The search takes about \(ProgressLine.duration(try seconds(halving, work)))") }
        let winner = try halving.winner(of: Array(work)) { (candidate, round) throws(ErdeError) in
            let name = candidate.architecture.name
            if let known = log.entry(name, round: round) { return known.calibrationAccuracy }
            let place = "round \(round + 1) of \(halving.rounds.count)"
            let entry = try trial.run(
                candidate, round: round, images: halving.rounds[round].images, targetMACs: plan.searchTargetMACs, place: place)
            try log.add(entry)
            if entry.diverged != true {
                console.note(
                    "\(place)  \(name)  \(percentText(entry.calibrationAccuracy)) at "
                        + "\(macsText(entry.calibrationMeanMACs))  \(ProgressLine.duration(entry.seconds))")
            }
            return entry.calibrationAccuracy
        }
        if log.entry(winner.architecture.name, round: halving.rounds.count - 1)?.diverged == true {
            throw ErdeError(
                .diverged, "the search for a student", "no candidate of the last round could be trained: all diverged",
                remedy: "choose a lower --learning-rate or --gradient-clip, and start without --resume")
        }
        return plan.choosing(winner, after: log.entries, rounds: halving.rounds.count)
    }

    /// Says how long a search must be to tell two candidates apart.
    private func noteWhyThereIsNone() {
        let images = 2 * StudentSearch.fewestSteps * recipe.training.batchSize
        let epochs = (Double(images) / Double(max(1, dataset.train.count))).rounded(.up)
        console.note(
            "No short trainings: they say nothing under \(StudentSearch.fewestSteps) steps each, for which it takes "
                + "--search-epochs \(Int(epochs)) and more")
    }

    private func header(
        _ plan: StudentPlan, _ list: [StudentChoice.Candidate], _ halving: SuccessiveHalving
    ) -> SearchLog.Header {
        SearchLog.Header(
            version: erdeVersion, teacher: teacherHash, dataset: dataset.fingerprint, targetMACs: plan.searchTargetMACs,
            candidates: list.map(\.architecture.name), rounds: halving.rounds, training: recipe.training, distillation: loss,
            score: recipe.score, precision: engine.engine.precision(for: engine.compilation))
    }

    /// How long all rounds take, from a few steps of the cheapest and of the dearest candidate; the halves that go on are taken
    /// to be of average cost.
    private func seconds(
        _ halving: SuccessiveHalving, _ candidates: some Collection<StudentChoice.Candidate>
    ) throws(ErdeError) -> Double {
        let costs = candidates.sorted { $0.fullDepthMACs < $1.fullDepthMACs }
        guard let cheapest = costs.first, let dearest = costs.last else { return 0 }
        let (least, most) = (try secondsPerImage(cheapest), try secondsPerImage(dearest))
        let span = Double(max(1, dearest.fullDepthMACs - cheapest.fullDepthMACs))
        let mean =
            costs.reduce(0) {
                $0 + least + (most - least) * Double($1.fullDepthMACs - cheapest.fullDepthMACs) / span
            } / Double(costs.count)
        return halving.rounds.reduce(0) { $0 + Double($1.candidates * $1.images) * mean }
    }

    private func secondsPerImage(_ candidate: StudentChoice.Candidate) throws(ErdeError) -> Double {
        let model = try candidate.architecture.initialModel(role: .student, for: dataset.description, seed: 1)
        let step = try TrainingStepBenchmark(
            student: model.graph, parameters: model.parameters, image: dataset.description.image,
            batch: recipe.training.batchSize, engine: engine.engine, options: engine.compilation)
        try step.run()
        let start = ContinuousClock.now
        for _ in 0..<3 { try step.run() }
        return (ContinuousClock.now - start).seconds / Double(3 * recipe.training.batchSize)
    }
}
