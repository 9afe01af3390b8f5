import Artifacts
import CPUEngine
import Diagnostics
import Execution
import FoundationEssentials
import Glibc
import Graphs
import Losses
import ReferenceEngine
import Tensors
import TestSupport
import Testing
import Training

@Suite struct TrainerTests {
    /// Collects what a run tells.
    final class Events {
        var all: [TrainingEvent] = []

        var epochs: [EpochSummary] { all.compactMap { if case .epoch(let summary) = $0 { summary } else { nil } } }

        var steps: [StepProgress] { all.compactMap { if case .step(let step) = $0 { step } else { nil } } }

        var warnings: [String] { all.compactMap { if case .warning(let text) = $0 { text } else { nil } } }
    }

    static func train(_ task: TrainingTask, _ change: (inout TrainingRun) -> Void = { _ in }) throws -> TrainingResult {
        var run = Fixtures.run()
        change(&run)
        return try Trainer(task, run).train()
    }

    @Test func reportsStepsAndEpochs() throws {
        let events = Events()
        let result = try Self.train(try Fixtures.task()) { $0.report = { events.all.append($0) } }
        #expect(events.steps.count == 10)
        #expect(events.steps.map(\.epoch) == [1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
        #expect(events.steps.map(\.step) == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5])
        #expect(events.steps.allSatisfy { $0.loss.isFinite && $0.imagesPerSecond > 0 && $0.secondsLeft >= 0 })
        #expect(events.epochs == result.epochs && result.epochs.count == 2)
        for summary in result.epochs {
            #expect(summary.trainingAccuracyPerExit.count == 2 && summary.calibrationAccuracyPerExit.count == 2)
            #expect(summary.teacherErrorPerExit.count == 2)
            #expect(summary.calibrationAccuracyPerExit.allSatisfy { 0...1 ~= $0 && ($0 * 7).rounded() == $0 * 7 })
            #expect(0...1 ~= summary.waitingShare)
        }
        #expect(result.epochs.map(\.loss) == [events.steps[4].loss, events.steps[9].loss])
        #expect(result.trainingErrorPerExit.count == 2 && result.trainingErrorPerExit.allSatisfy { 0...1 ~= $0 })
        #expect(Set(result.parameters.tensors.keys) == Set(try Fixtures.task().parameters.tensors.keys))
    }

    @Test func sameTaskGivesSameWeights() throws {
        let first = try Self.train(try Fixtures.task()).parameters
        #expect(try Self.train(try Fixtures.task()).parameters == first)
        var other = Fixtures.recipe()
        other.seed = 2
        #expect(try Self.train(try Fixtures.task(recipe: other)).parameters != first)
    }

    @Test(arguments: ["reference", "cpu"]) func learnsAnEasyTask(_ name: String) throws {
        let engine: any Engine = name == "cpu" ? CPUEngine() : ReferenceEngine()
        var recipe = Fixtures.recipe(epochs: 8)
        recipe.batchSize = 8
        recipe.augmentation.horizontalFlip = false
        let task = try Fixtures.task(
            .ce, recipe: recipe, dataset: Fixtures.dataset(images: 120, calibration: 40),
            student: "preresnet:widths=8,8:blocks=1,1")
        let result = try Self.train(task) { $0.engine = engine }
        #expect(result.epochs.last!.calibrationAccuracyPerExit.allSatisfy { $0 > 0.9 }, "\(result.epochs.last!)")
        #expect(result.trainingErrorPerExit.allSatisfy { $0 < 0.3 })
    }

    /// Stops before each of all steps, goes on, and compares every bit.
    @Test(arguments: [DistillationRecipe.Method.ce, .erde, .mate, .erdeMate]) func resumingGivesTheUninterruptedRun(
        _ method: DistillationRecipe.Method
    ) throws {
        var recipe = Fixtures.recipe()
        if method == .erdeMate {
            recipe.augmentation.mixup = 0.5
            recipe.augmentation.erasing = 0.5
            recipe.gradientClip = 1
        }
        let task = try Fixtures.task(method, recipe: recipe)
        let whole = try Self.train(task)
        for stop in [0, 1, 4, 5, 7, 9] {
            try TemporaryFolder.with { folder in
                let checkpoints = CheckpointFolder(path: "\(folder)/checkpoint")
                var asked = 0
                let error = try #require(throws: ErdeError.self) {
                    try Self.train(task) {
                        $0.checkpoints = checkpoints
                        $0.shouldStop = {
                            asked += 1
                            return asked > stop
                        }
                    }
                }
                #expect(error.kind == .interrupted && error.remedy?.contains("--resume") == true)
                #expect(error.problem.contains(checkpoints.path))
                let events = Events()
                let resumed = try Self.train(task) {
                    $0.checkpoints = checkpoints
                    $0.resumes = true
                    $0.report = { events.all.append($0) }
                }
                #expect(events.steps.count == 10 - stop)
                #expect(resumed.parameters == whole.parameters, "stopped after \(stop)")
                #expect(resumed.trainingErrorPerExit == whole.trainingErrorPerExit)
                #expect(resumed.ensembleWeights == whole.ensembleWeights)
                #expect(resumed.epochs.map(\.ensembleWeights) == whole.epochs.map(\.ensembleWeights))
                #expect(resumed.epochs.map(\.loss) == whole.epochs.map(\.loss))
                #expect(resumed.epochs.map(\.calibrationAccuracyPerExit) == whole.epochs.map(\.calibrationAccuracyPerExit))
                #expect(resumed.epochs.map(\.teacherErrorPerExit) == whole.epochs.map(\.teacherErrorPerExit))
            }
        }
    }

    @Test(arguments: [DistillationRecipe.Method.erde, .erdeMate]) func cpuEngineResumesToTheSameBits(
        _ method: DistillationRecipe.Method
    ) throws {
        let task = try Fixtures.task(method)
        let whole = try Self.train(task) { $0.engine = CPUEngine() }
        try TemporaryFolder.with { folder in
            var asked = 0
            #expect(throws: ErdeError.self) {
                try Self.train(task) {
                    $0.engine = CPUEngine()
                    $0.checkpoints = CheckpointFolder(path: folder)
                    $0.shouldStop = {
                        asked += 1
                        return asked > 7
                    }
                }
            }
            let resumed = try Self.train(task) {
                $0.engine = CPUEngine()
                $0.checkpoints = CheckpointFolder(path: folder)
                $0.resumes = true
            }
            #expect(resumed.parameters == whole.parameters)
            #expect(resumed.ensembleWeights == whole.ensembleWeights)
        }
    }

    @Test(arguments: [DistillationRecipe.Method.mate, .erdeMate]) func ensembleWeightsAreLearnedLoggedAndDropped(
        _ method: DistillationRecipe.Method
    ) throws {
        try TemporaryFolder.with { folder in
            let result = try Self.train(try Fixtures.task(method)) { $0.metricsLogPath = "\(folder)/metrics.jsonl" }
            #expect(Set(result.parameters.tensors.keys) == Set(try Fixtures.task().parameters.tensors.keys))
            let rows = try result.epochs.map { try #require($0.ensembleWeights) }
            #expect(rows.count == 2 && rows[0] != rows[1] && result.ensembleWeights?.rows == rows[1])
            for epoch in result.epochs {
                for row in try #require(epoch.ensembleWeights) { #expect(abs(row.reduce(0, +) - 1) < 1e-6) }
                #expect(try #require(epoch.ensembleEntropies).allSatisfy { 0...0.6932 ~= $0 })
            }
            let log = try String(contentsOfFile: "\(folder)/metrics.jsonl", encoding: .utf8)
            #expect(log.contains("\"ensembleEntropies\":[") && log.contains("\"ensembleWeights\":[["))
            let plain = try Self.train(try Fixtures.task(.byot))
            #expect(plain.ensembleWeights == nil && plain.epochs.allSatisfy { $0.ensembleWeights == nil })
        }
    }

    @Test func finishedRunResumesToItsResult() throws {
        try TemporaryFolder.with { folder in
            let task = try Fixtures.task()
            let whole = try Self.train(task) { $0.checkpoints = CheckpointFolder(path: folder) }
            let again = try Self.train(task) {
                $0.checkpoints = CheckpointFolder(path: folder)
                $0.resumes = true
            }
            #expect(again.parameters == whole.parameters && again.trainingErrorPerExit == whole.trainingErrorPerExit)
            CheckpointFolder(path: folder).remove()
            #expect(!CheckpointFolder(path: folder).hasCheckpoint)
        }
    }

    @Test func stopWithoutAFolderSaysSo() throws {
        let error = try #require(throws: ErdeError.self) { try Self.train(try Fixtures.task()) { $0.shouldStop = { true } } }
        #expect(error.kind == .interrupted && error.problem.contains("without a checkpoint"))
    }

    @Test func lossThatIsNoNumberNamesThePlace() throws {
        var task = try Fixtures.task(.ce)
        task.parameters["exit1_linear_bias"] = Tensor(repeating: .nan, [3])
        let error = try #require(throws: ErdeError.self) { try Self.train(task) }
        #expect(error.problem.contains("epoch 1, step 1") && error.problem.contains("0.002"), "\(error)")
        #expect(error.kind == .diverged)
        #expect(error.remedy?.contains("peakLearningRate") == true)
    }

    /// Weights of an exit that are all equal leave the loss at the logarithm of three; their decay then overflows.
    @Test func weightsThatOverflowInTheLastStepNameThePlace() throws {
        var recipe = Fixtures.recipe(epochs: 1)
        recipe.batchSize = 22
        recipe.schedule = .cosine
        recipe.warmupShare = 0
        recipe.peakLearningRate = 1000
        recipe.weightDecay = 1
        var task = try Fixtures.task(.ce, recipe: recipe)
        let name = "exit1_linear_weight"
        task.parameters[name] = Tensor(repeating: 1e36, try #require(task.parameters[name]).shape)
        try TemporaryFolder.with { folder in
            let checkpoints = CheckpointFolder(path: "\(folder)/run")
            let error = try #require(throws: ErdeError.self) { try Self.train(task) { $0.checkpoints = checkpoints } }
            #expect(error.kind == .diverged && error.problem.hasPrefix(name), "\(error)")
            #expect(error.problem.hasSuffix("by the end of epoch 1"), "\(error)")
            #expect(error.remedy?.contains("--learning-rate, now 1000.0") == true && !checkpoints.hasCheckpoint)
        }
    }

    @Test func tasksThatDoNotFitAreRefused() throws {
        func refused(_ subject: String, _ change: (inout TrainingTask) throws -> Void) throws {
            var task = try Fixtures.task()
            try change(&task)
            let error = try #require(throws: ErdeError.self) { try Trainer(task, Fixtures.run()) }
            #expect(error.kind == .usage && error.subject == subject && error.remedy != nil, "\(error)")
        }
        try refused("batchSize") { $0.recipe.batchSize = 23 }
        try refused("epochs") { $0.recipe.epochs = 0 }
        try refused("temperature") { $0.distillation.temperature = 0 }
        try refused("exitWeights") { $0.distillation.exitWeights = [1, 1, 1] }
        try refused("method") { $0.teacher = nil }
        try refused("teacher") { $0.teacher?.metadata.classNames = ["a", "b", "c"] }
        try refused("network") { $0.dataset = Fixtures.dataset(classes: 4) }
    }

    @Test func metricsLogHoldsALinePerEpoch() throws {
        try TemporaryFolder.with { folder in
            let result = try Self.train(try Fixtures.task()) { $0.metricsLogPath = "\(folder)/metrics.jsonl" }
            let lines = try String(contentsOfFile: "\(folder)/metrics.jsonl", encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 2)
            for (line, summary) in zip(lines, result.epochs) {
                #expect(try JSONDecoder().decode(EpochSummary.self, from: Data(line.utf8)) == summary)
                #expect(line.hasPrefix("{\"calibrationAccuracyPerExit\":["))
            }
        }
    }

    @Test func teacherThatIsNeverWrongIsWarnedOf() throws {
        #expect(MemorisedTeacher.warning(errorPerExit: [0.001, 0.0049])?.contains("0.49 %") == true)
        #expect(MemorisedTeacher.warning(errorPerExit: [0.001, 0.005]) == nil)
        #expect(MemorisedTeacher.warning(errorPerExit: []) == nil)
    }

    /// A task whose images are all of class 0, and whose teacher's exits each give the same class to everything.
    private static func task(
        _ method: DistillationRecipe.Method, saying classes: [Int], _ rule: DistillationRecipe.WrongRule = .perExit
    ) throws -> TrainingTask {
        var task = try Fixtures.task(method)
        let train = task.dataset.train
        let pixels = (0..<train.count).flatMap { index in train.withPixels(at: index) { Array($0) } }
        task.dataset = Dataset(
            description: task.dataset.description,
            train: Samples(image: train.image, labels: train.labels.map { _ in 0 }, store: PixelStore(pixels)),
            calibration: task.dataset.calibration, test: task.dataset.test, fingerprint: "all of one class")
        task.distillation.wrongRule = rule
        guard var teacher = task.teacher else { return task }
        for (output, answer) in zip(teacher.graph.outputs, classes) {
            let head = try #require(teacher.graph.producer(of: output.value))
            let (weight, bias) = (teacher.graph.name(of: head.inputs[1]), teacher.graph.name(of: head.inputs[2]))
            for place in 0..<teacher.parameters[weight]!.shape.count { teacher.parameters[weight]!.floats[place] = 0 }
            for place in 0..<3 { teacher.parameters[bias]!.floats[place] = place == answer ? 5 : 0 }
        }
        task.teacher = teacher
        return task
    }

    private static func warnings(_ task: TrainingTask, _ change: (inout TrainingRun) -> Void = { _ in }) throws -> [String] {
        let events = Events()
        _ = try train(task) {
            change(&$0)
            $0.report = { events.all.append($0) }
        }
        return events.warnings
    }

    /// The warnings about the teacher alone: networks that saw one class only guess.
    private static func warningsOfTeacher(
        _ task: TrainingTask, _ change: (inout TrainingRun) -> Void = { _ in }
    ) throws -> [String] {
        try warnings(task, change).filter { $0.contains("the teacher") }
    }

    @Test func anExitThatGuessesIsWarnedOf() throws {
        let guessing = try Self.warnings(try Self.task(.ce, saying: [0, 0]))
        #expect(guessing.map { $0.prefix(6) } == ["exit 1", "exit 2"])
        #expect(guessing.allSatisfy { $0.contains("than guessing one class") })
        // Where there is but one class, always saying it is right.
        var task = try Self.task(.ce, saying: [0, 0])
        task.dataset = Dataset(
            description: task.dataset.description, train: task.dataset.train, calibration: task.dataset.train,
            test: task.dataset.test, fingerprint: "of one class")
        #expect(try Self.warnings(task).isEmpty)
    }

    @Test func aTeacherThatKnowsEverythingIsWarnedOfWhereItMatters() throws {
        #expect(try Self.warningsOfTeacher(try Self.task(.erde, saying: [0, 0])).count == 1)
        #expect(try Self.warningsOfTeacher(try Self.task(.kd, saying: [0, 0])).isEmpty)
        #expect(try Self.warningsOfTeacher(try Self.task(.ce, saying: [0, 0])).isEmpty)
        // The last exit's mistakes mask nothing, unless the rule looks at them.
        #expect(try Self.warningsOfTeacher(try Self.task(.erde, saying: [0, 1])).count == 1)
        #expect(try Self.warningsOfTeacher(try Self.task(.erde, saying: [0, 1], .either)).isEmpty)
        #expect(try Self.warningsOfTeacher(try Self.task(.erde, saying: [1, 0])).isEmpty)
        #expect(try Self.warningsOfTeacher(try Self.task(.erde, saying: [1, 0], .final)).count == 1)
    }

    @Test func whoGoesOnIsWarnedToo() throws {
        try TemporaryFolder.with { folder in
            let task = try Self.task(.erde, saying: [0, 0])
            let events = Events()
            #expect(throws: ErdeError.self) {
                try Self.train(task) { run in
                    run.checkpoints = CheckpointFolder(path: "\(folder)/run.checkpoint")
                    run.report = { events.all.append($0) }
                    run.shouldStop = { events.epochs.count == 1 }
                }
            }
            #expect(events.warnings.count == 1)
            let later = try Self.warningsOfTeacher(task) { run in
                run.checkpoints = CheckpointFolder(path: "\(folder)/run.checkpoint")
                run.resumes = true
            }
            #expect(later == events.warnings)
        }
    }
}
