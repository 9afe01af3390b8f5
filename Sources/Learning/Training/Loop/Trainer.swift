import Artifacts
package import Diagnostics
import Execution
import Graphs
import Losses
import Tensors

/// Trains a network from the first step, or from a checkpoint, to the last.
///
/// The weights are a function of the task, the engine and the number of its threads: stopping and going on, or how long
/// data take, change no bit.
package final class Trainer {
    /// What errors of a training are about.
    private static let subject = "training"

    private let task: TrainingTask
    private let run: TrainingRun
    private let signature: RunSignature
    private let sampler: BatchSampler
    private let selfDistillation: SelfDistillation?
    private let runner: StepRunner
    private var position: TrainingPosition
    /// Why going on from the checkpoint may not give the same bits.
    private var resumeWarning: String?
    private var stepsPerEpoch: Int { sampler.stepsPerEpoch }
    private var steps: Int { task.recipe.epochs * sampler.stepsPerEpoch }

    /// Checks the task, compiles the training step and reads the checkpoint to go on from.
    ///
    /// - Throws: `ErdeError` of kind `usage` when something does not fit together or the checkpoint belongs to another
    ///   run, `notFound` or `badData` when there is no checkpoint or it is damaged.
    package init(_ task: TrainingTask, _ run: TrainingRun) throws(ErdeError) {
        try task.validate()
        self.task = task
        self.run = run
        let teacher = try task.runningTeacher.map { (model) throws(ErdeError) in
            try model.graph.optimizedForInference(model.parameters)
        }
        let folds = task.usedFoldPredictions
        let training = try TrainingGraph(
            student: task.graph, teacher: teacher?.graph, recipe: task.recipe, distillation: task.distillation,
            foldExits: folds?.origin.exits ?? 0)
        signature = RunSignature(
            training: task.recipe, distillation: task.distillation, datasetFingerprint: task.dataset.fingerprint,
            network: task.graph.signature, start: task.parameters.signature, teacher: task.teacher?.parameters.signature,
            folds: folds?.signature,
            engine: run.engine.name, precision: run.engine.precision(for: run.options),
            threads: run.engine.threads(for: run.options))
        sampler = BatchSampler(
            samples: task.dataset.train, augmentation: task.recipe.augmentation, batchSize: task.recipe.batchSize,
            seed: task.recipe.seed)
        selfDistillation = SelfDistillation(task.distillation, exits: training.exits)
        position = TrainingPosition(metrics: StepMetrics(exits: training.exits, teacherExits: training.teacherExits))

        var parameters = Parameters()
        for (name, tensor) in teacher?.parameters.tensors ?? [:] {
            parameters["\(TrainingGraph.teacherScope)_\(name)"] = tensor
        }
        if run.resumes {
            guard let folder = run.checkpoints else {
                throw ErdeError(.usage, "--resume", "no checkpoint folder is given", remedy: "say where the checkpoint lies")
            }
            let checkpoint = try folder.load()
            if let difference = try checkpoint.state.signature.difference(from: signature) {
                throw ErdeError(
                    .usage, folder.path, "the checkpoint was made with \(difference)",
                    remedy: "give the same options again, or start without --resume")
            }
            resumeWarning = checkpoint.state.signature.warning(beforeGoingOnAs: signature)
            position = TrainingPosition(
                step: checkpoint.state.step, metrics: checkpoint.state.metrics, epochs: checkpoint.state.epochs)
            parameters.tensors.merge(checkpoint.parameters.tensors) { _, newer in newer }
        } else {
            parameters.tensors.merge(task.parameters.tensors) { _, newer in newer }
            parameters.tensors.merge(training.initialParameters.tensors) { _, newer in newer }
            for variable in training.graph.variables where variable.role == .optimizer {
                parameters[training.graph.name(of: variable.value)] = Tensor(
                    repeating: 0, training.graph.shape(of: variable.value))
            }
        }
        runner = try StepRunner(
            training, parameters: parameters, foldPredictions: folds, engine: run.engine, options: run.options)
    }

    /// Trains to the end.
    ///
    /// - Throws: `ErdeError` of kind `interrupted` after a stop request and a checkpoint; of kind `diverged` when the loss
    ///   or a weight is no finite number any more.
    package func train() throws(ErdeError) -> TrainingResult {
        run.report(.started(step: position.step, steps: steps, epochs: position.epochs))
        if let resumeWarning { run.report(.warning(resumeWarning)) }
        // Whoever goes on is to know what was said then.
        if let first = position.epochs.first { warnIfTeacherKnowsEverything(first) }
        try writeLog()
        let loader = BatchLoader(sampler: sampler, firstStep: position.step, steps: steps)
        while position.step < steps { try trainEpoch(loader) }
        let parameters = network(of: try learned())
        let evaluator = try evaluator(parameters)
        return TrainingResult(
            parameters: parameters, epochs: position.epochs,
            trainingErrorPerExit: try evaluator.error(onAugmented: sampler, epoch: task.recipe.epochs),
            ensembleWeights: try runner.ensembleWeights(),
            computation: run.computation, teacherWeightsHash: signature.teacher, foldPredictionsHash: signature.folds)
    }

    /// Trains to the end of the present epoch, evaluates and keeps a checkpoint.
    private func trainEpoch(_ loader: BatchLoader) throws(ErdeError) {
        let (start, waitedBefore, firstStep) = (ContinuousClock.now, loader.waiting, position.step)
        let epoch = position.step / stepsPerEpoch
        let end = (epoch + 1) * stepsPerEpoch
        while position.step < end {
            if run.shouldStop() { try stop(epoch: epoch) }
            let learningRate = task.recipe.learningRate(atStep: position.step, of: steps)
            let settings = StepSettings(
                learningRate: learningRate, dropoutSeed: dropoutSeed(position.step),
                ramp: selfDistillation?.ramp(
                    epoch: Double(position.step) / Double(stepsPerEpoch), of: task.recipe.epochs) ?? 1)
            let metrics = try runner.run(loader.next(), settings)
            guard metrics.lossSum.isFinite else {
                throw diverged(
                    "the loss became \(metrics.lossSum) in epoch \(epoch + 1), step \(position.step % stepsPerEpoch + 1), at a "
                        + "learning rate of \(Float(learningRate))")
            }
            position.metrics += metrics
            position.step += 1
            let seconds = (ContinuousClock.now - start).seconds
            let rate = seconds > 0 ? Double((position.step - firstStep) * task.recipe.batchSize) / seconds : 0
            run.report(
                .step(
                    StepProgress(
                        epoch: epoch + 1, epochs: task.recipe.epochs, step: position.step - epoch * stepsPerEpoch,
                        stepsPerEpoch: stepsPerEpoch, loss: position.metrics.loss, learningRate: learningRate,
                        imagesPerSecond: rate,
                        secondsLeft: rate > 0 ? Double((steps - position.step) * task.recipe.batchSize) / rate : 0)))
        }
        let seconds = (ContinuousClock.now - start).seconds
        let images = Double((end - firstStep) * task.recipe.batchSize)
        let learned = try learned()
        let calibration = try evaluator(network(of: learned)).accuracy(on: task.dataset.calibration)
        let ensembles = try runner.ensembleWeights()
        let summary = EpochSummary(
            epoch: epoch + 1, epochs: task.recipe.epochs, loss: position.metrics.loss,
            trainingAccuracyPerExit: position.metrics.accuracy, calibrationAccuracyPerExit: calibration,
            teacherErrorPerExit: position.metrics.teacherError, ensembleWeights: ensembles?.rows,
            ensembleEntropies: ensembles?.entropies,
            learningRate: task.recipe.learningRate(atStep: end - 1, of: steps), seconds: (ContinuousClock.now - start).seconds,
            imagesPerSecond: seconds > 0 ? images / seconds : 0,
            waitingShare: seconds > 0 ? (loader.waiting - waitedBefore).seconds / seconds : 0)
        position.epochs.append(summary)
        position.metrics = StepMetrics(exits: runner.training.exits, teacherExits: runner.training.teacherExits)
        run.report(.epoch(summary))
        warnIfTeacherKnowsEverything(summary)
        if position.step == steps { warnOfGuessing(calibration) }
        try writeLog()
        try save(learned)
    }

    /// All variables that training changes, as they are now: the network's, those of the loss and of the optimizer.
    private func learned() throws(ErdeError) -> Parameters {
        var parameters = Parameters()
        for variable in runner.learnedVariables {
            parameters[runner.training.graph.name(of: variable.value)] = try runner.executable.read(variable: variable)
        }
        try requireFinite(parameters)
        return parameters
    }

    /// The network's alone.
    private func network(of learned: Parameters) -> Parameters {
        var parameters = Parameters()
        for variable in task.graph.variables {
            let name = task.graph.name(of: variable.value)
            parameters[name] = learned[name]
        }
        return parameters
    }

    private func evaluator(_ parameters: Parameters) throws(ErdeError) -> ExitEvaluator {
        try ExitEvaluator(
            task.graph, parameters, batchSize: task.recipe.batchSize, engine: run.engine, options: run.options)
    }

    /// A new seed for every step, from the run's.
    private func dropoutSeed(_ step: Int) -> [Int32] {
        var generator = RandomGenerator(seed: task.recipe.seed, stream: RandomStream.dropout.number(step))
        let word = generator.next()
        return [Int32(truncatingIfNeeded: word >> 32), Int32(truncatingIfNeeded: word)]
    }

    private func save(_ learned: Parameters) throws(ErdeError) {
        guard let folder = run.checkpoints else { return }
        let state = CheckpointState(
            version: erdeVersion, signature: signature, step: position.step, metrics: position.metrics, epochs: position.epochs)
        try folder.save(Checkpoint(state: state, parameters: learned))
        run.report(.checkpoint(path: folder.path))
    }

    private func writeLog() throws(ErdeError) {
        if let path = run.metricsLogPath { try MetricsLog(path: path).write(position.epochs) }
    }

    private func stop(epoch: Int) throws(ErdeError) -> Never {
        try save(try learned())
        let place =
            "stopped in epoch \(epoch + 1) of \(task.recipe.epochs), after step \(position.step - epoch * stepsPerEpoch) of \(stepsPerEpoch)"
        if let folder = run.checkpoints {
            throw ErdeError(
                .interrupted, Trainer.subject, "\(place); the checkpoint is in \(folder.path)",
                remedy: "run the same command with --resume to go on")
        }
        throw ErdeError(
            .interrupted, Trainer.subject, "\(place), without a checkpoint", remedy: "start again")
    }

    /// The loss shows what a step did only in the next one, so that the last before a checkpoint needs a look of its own. Which
    /// step it was that a weight was lost in is not known then.
    private func requireFinite(_ parameters: Parameters) throws(ErdeError) {
        for (name, tensor) in parameters.tensors.sorted(by: { $0.key < $1.key })
        where !tensor.floats.allSatisfy(\.isFinite) {
            let (epochs, more) = position.step.quotientAndRemainder(dividingBy: stepsPerEpoch)
            let time = more == 0 ? "the end of epoch \(epochs)" : "step \(more) of epoch \(epochs + 1)"
            throw diverged("\(name) became infinite or no number by \(time)")
        }
    }

    /// - Parameter what: with the place.
    private func diverged(_ what: String) -> ErdeError {
        let recipe = task.recipe
        let clip = recipe.gradientClip > 0 ? "now \(recipe.gradientClip)" : "now none"
        return ErdeError(
            .diverged, Trainer.subject, what,
            remedy: "choose a lower peakLearningRate (--learning-rate, now \(recipe.peakLearningRate)), a lower gradientClip "
                + "(--gradient-clip, \(clip)), or in a recipe a longer warmupShare")
    }

    /// Says which exits have learned nothing: they are right no more often than one class is.
    private func warnOfGuessing(_ accuracyPerExit: [Double]) {
        let labels = task.dataset.calibration.labels
        var counts = [Int](repeating: 0, count: task.dataset.description.classNames.count)
        for label in labels { counts[Int(label)] += 1 }
        guard let most = counts.max(), most < labels.count else { return }
        let chance = Double(most) / Double(labels.count)
        for (exit, accuracy) in accuracyPerExit.enumerated() where accuracy <= chance {
            run.report(
                .warning(
                    "exit \(exit + 1) is right on \((accuracy * 1000).rounded() / 10) % of the calibration images, no more often "
                        + "than guessing one class; train longer, or with a lower --gradient-clip or --learning-rate"))
        }
    }

    private func warnIfTeacherKnowsEverything(_ summary: EpochSummary) {
        let errors = summary.teacherErrorPerExit
        guard summary.epoch == 1, !errors.isEmpty else { return }
        let judges = task.distillation.judgingExits(studentExits: runner.training.exits, teacherExits: errors.count)
        if let warning = MemorisedTeacher.warning(errorPerExit: judges.map { errors[$0] }) { run.report(.warning(warning)) }
    }
}

/// Where training is between two steps.
private struct TrainingPosition {
    /// Steps done, counted over all epochs.
    var step = 0
    /// Of the present epoch.
    var metrics: StepMetrics
    var epochs: [EpochSummary] = []
}
