import Architectures
import Artifacts
import CPUEngine
import Diagnostics
import Distill
import FoldFile
import FoundationEssentials
import Tensors
import TestSupport
import Testing
import TrainTeacher
import Training

/// Out-of-fold predictions: who judges whom, files, going on, and what students make of them.
@Suite struct FoldTests {
    typealias Stages = TrainingStagesTests

    static var recipe: TrainingRecipe {
        var recipe = Stages.recipe
        recipe.epochs = 2
        return recipe
    }

    static let network = "preresnet:widths=2,4:blocks=1,1"

    final class Saved {
        var predictions: [FoldPredictions] = []
    }

    static func judge(
        folds: Int = 3, continuing: FoldPredictions? = nil, dataset: Dataset = Stages.dataset, stopAt: Int? = nil,
        saved: Saved = Saved()
    ) throws -> FoldPredictions {
        try judgeOutOfFold(
            on: dataset, architecture: ArchitectureDescription(parsing: network), recipe: recipe, loss: Stages.loss(.ce),
            folds: folds, continuing: continuing,
            run: { (fold) throws(ErdeError) in
                var run = Stages.run()
                run.shouldStop = { fold == stopAt }
                return run
            }, save: { saved.predictions.append($1) })
    }

    /// The dataset with other pixels in one training image.
    static func changed(image: Int) -> Dataset {
        let (whole, size) = (Stages.dataset, Stages.dataset.train.image.byteCount)
        var pixels: [UInt8] = []
        for index in 0..<whole.train.count { whole.train.withPixels(at: index) { pixels += Array($0) } }
        for place in image * size..<(image + 1) * size { pixels[place] = 255 - pixels[place] }
        return Dataset(
            description: whole.description,
            train: Samples(image: whole.train.image, labels: whole.train.labels, store: PixelStore(pixels)),
            calibration: whole.calibration, test: whole.test, fingerprint: "changed")
    }

    // MARK: Plan

    @Test(arguments: [(40, 2, 2), (41, 5, 3), (7, 7, 2), (100, 3, 10)]) func foldsAreEvenInSizeAndClass(
        _ images: Int, _ folds: Int, _ classes: Int
    ) {
        let labels = (0..<images).map { Int32($0 * $0 % classes) }
        let plan = FoldPlan(labels: labels, folds: folds, seed: 3)
        var seen: [Int] = []
        for fold in 0..<folds {
            let (inside, outside) = (plan.images(of: fold), plan.images(outside: fold))
            #expect((inside + outside).sorted() == Array(0..<images))
            #expect(inside.count >= images / folds && inside.count <= images / folds + 1)
            for label in 0..<Int32(classes) {
                let all = labels.count { $0 == label }
                let here = inside.count { labels[$0] == label }
                #expect(here >= all / folds && here <= all / folds + 1, "class \(label) fold \(fold)")
            }
            seen += inside
        }
        #expect(seen.sorted() == Array(0..<images))
        #expect(FoldPlan(labels: labels, folds: folds, seed: 3) == plan)
    }

    @Test func selectedSamplesAreThose() {
        let train = Stages.dataset.train
        let some = train.selecting([7, 3, 30, 3])
        #expect(some.labels == [train.labels[7], train.labels[3], train.labels[30], train.labels[3]])
        for (place, index) in [(0, 7), (1, 3), (2, 30), (3, 3)] {
            #expect(some.withPixels(at: place) { Array($0) } == train.withPixels(at: index) { Array($0) })
        }
        let fewer = some.selecting([2, 0]).prefix(1)
        #expect(fewer.count == 1 && fewer.withPixels(at: 0) { Array($0) } == train.withPixels(at: 30) { Array($0) })
    }

    // MARK: Judgement

    /// A changed image changes what is said of all images outside its fold but, beside its own, of none inside: their
    /// teacher has not seen it.
    @Test func nobodyIsJudgedByATeacherThatSawThem() throws {
        let before = try Self.judge()
        #expect(before.isComplete && before.logits.count == 2 && before.logits[0].count == 80)
        let after = try Self.judge(dataset: Self.changed(image: 11))
        let plan = FoldPlan(labels: Stages.dataset.train.labels, folds: 3, seed: Self.recipe.seed)
        func row(_ predictions: FoldPredictions, _ image: Int) -> [Float] {
            predictions.logits.flatMap { $0[2 * image..<2 * image + 2] }
        }
        for image in 0..<40 where image != 11 {
            let isTogether = plan.foldOfImage[image] == plan.foldOfImage[11]
            #expect((row(before, image) == row(after, image)) == isTogether, "image \(image)")
        }
        let errors = before.errorPerExit(labels: Stages.dataset.train.labels)
        #expect(errors.count == 2 && errors.allSatisfy { 0...1 ~= $0 })
    }

    @Test func foldsThatAreDoneAreNotTrainedAgain() throws {
        let (whole, first) = (Saved(), Saved())
        let expected = try Self.judge(saved: whole)
        #expect(whole.predictions.map(\.foldsDone) == [1, 2, 3])
        let error = try #require(throws: ErdeError.self) { try Self.judge(stopAt: 2, saved: first) }
        #expect(error.kind == .interrupted && first.predictions.map(\.foldsDone) == [1, 2])
        let rest = Saved()
        let resumed = try Self.judge(continuing: first.predictions[1], saved: rest)
        #expect(resumed == expected && rest.predictions.count == 1)
        let other = try #require(throws: ErdeError.self) { try Self.judge(folds: 2, continuing: first.predictions[1]) }
        #expect(other.kind == .usage && other.subject == "--out-of-fold")
        var rounded = first.predictions[1]
        #expect(rounded.computation?.precision == "float32" && rounded.computation?.engine.hasPrefix("cpu") == true)
        rounded.computation?.precision = "bfloat16"
        let mixed = try #require(throws: ErdeError.self) { try Self.judge(continuing: rounded) }
        #expect(mixed.kind == .usage && mixed.problem.contains("in bfloat16, now cpu"), "\(mixed)")
    }

    @Test func thoseOfSomeImagesAreTheirRows() throws {
        let whole = try Self.judge(folds: 2)
        let part = whole.selecting([7, 2, 31], datasetFingerprint: "part")
        #expect(part.isComplete && part.origin.imageCount == 3 && part.origin.datasetFingerprint == "part")
        for exit in 0..<2 {
            let rows: [Float] = [7, 2, 31].flatMap { (image: Int) in whole.logits[exit][2 * image..<2 * image + 2] }
            #expect(part.logits[exit] == rows)
        }
    }

    @Test(arguments: [1, 41]) func foldsWithoutImagesAreRefused(_ folds: Int) throws {
        let error = try #require(throws: ErdeError.self) { try Self.judge(folds: folds) }
        #expect(error.kind == .usage && error.problem.contains("2 to 40"))
    }

    // MARK: File

    @Test func filesReadBackAndDamageIsNamed() throws {
        let folder = try TemporaryFolder()
        let path = folder("teacher.folds")
        let missing = try #require(throws: ErdeError.self) { try FoldPredictionsFile.read(path) }
        #expect(missing.kind == .notFound && missing.subject == path)
        let predictions = try Self.judge(folds: 2)
        try FoldPredictionsFile.write(predictions, to: path)
        #expect(try FoldPredictionsFile.read(path) == predictions)
        let whole = Array(try Data(contentsOf: URL(filePath: path)))
        for place in stride(from: 0, to: whole.count, by: 61) {
            var damaged = whole
            damaged[place] ^= 4
            try Data(damaged).write(to: URL(filePath: path))
            let error = try #require(throws: ErdeError.self) { try FoldPredictionsFile.read(path) }
            #expect(error.kind == .badData, "byte \(place): \(error)")
        }
        for size in [0, 10, 24, 200, whole.count - 1] {
            try Data(whole.prefix(size)).write(to: URL(filePath: path))
            #expect(try #require(throws: ErdeError.self) { try FoldPredictionsFile.read(path) }.kind == .badData)
        }
    }

    // MARK: Use

    static func teacher() throws -> Model {
        try ArchitectureDescription(parsing: network).initialModel(
            role: .teacher, for: Stages.dataset.description, seed: 4)
    }

    /// Predictions that are right on images where `isRight`, at both exits.
    static func predictions(_ isRight: (Int) -> Bool) -> FoldPredictions {
        let labels = Stages.dataset.train.labels
        var predictions = FoldPredictions(
            FoldPredictions.Origin(
                folds: 2, datasetFingerprint: Stages.dataset.fingerprint, imageCount: 40, classes: 2, exits: 2,
                architecture: "made", training: recipe, distillation: DistillationRecipe()))
        predictions.foldsDone = 2
        predictions.set(
            (0..<2).map { _ in
                labels.indices.flatMap { image in (labels[image] == 0) == isRight(image) ? [Float(2), 0] : [0, 2] }
            }, of: Array(labels.indices))
        return predictions
    }

    static func student(
        _ predictions: FoldPredictions?, _ use: DistillationRecipe.OutOfFold,
        method: DistillationRecipe.Method = .erde, mixup: Double = 0, change: (inout TrainingRun) -> Void = { _ in }
    ) throws -> Model {
        var loss = Stages.loss(method)
        loss.outOfFold = use
        var recipe = recipe
        recipe.augmentation.mixup = mixup
        var run = Stages.run()
        change(&run)
        return try distill(
            from: teacher(), foldPredictions: predictions, parentHash: nil, on: Stages.dataset, datasetPath: nil,
            to: ArchitectureDescription(parsing: network), recipe: recipe, distillation: loss, run: run)
    }

    /// The errors reported in training are those of the predictions, image by image, and the masks follow them.
    @Test func masksGoByThePredictions() throws {
        final class Errors { var perEpoch: [[Double]] = [] }
        let errors = Errors()
        let sometimes = try Self.student(Self.predictions { $0 % 4 != 0 }, .mask, mixup: 0.3) {
            $0.report = { if case .epoch(let epoch) = $0 { errors.perEpoch.append(epoch.teacherErrorPerExit) } }
        }
        #expect(errors.perEpoch == [[0.25, 0.25], [0.25, 0.25]])
        let warnings = Stages.Warnings()
        let never = try Self.student(Self.predictions { _ in true }, .mask) {
            $0.report = { if case .warning(let text) = $0, text.contains("the teacher") { warnings.texts.append(text) } }
        }
        #expect(warnings.texts.count == 1 && warnings.texts.first?.contains("at most 0.0 %") == true)
        let always = try Self.student(Self.predictions { _ in false }, .mask)
        #expect(sometimes.parameters != never.parameters && never.parameters != always.parameters)
        // With a judge that is always right the first exit's mask never bites: plain distillation.
        #expect(never.parameters == (try Self.student(nil, .ignored, method: .kd)).parameters)
        #expect(never.parameters != (try Self.student(nil, .ignored)).parameters)
        #expect(never.metadata.provenance.distillation?.outOfFold == .mask)
    }

    @Test func predictionsCanTakeTheTeachersPlace() throws {
        let right = Self.predictions { _ in true }
        let student = try Self.student(right, .all, method: .kd)
        #expect(student.parameters != (try Self.student(nil, .ignored, method: .kd)).parameters)
        // A method without a teacher has none to replace.
        #expect(try Self.student(nil, .all, method: .ce).parameters == Self.student(nil, .ignored, method: .ce).parameters)
        let blended = try #require(throws: ErdeError.self) { try Self.student(right, .all, mixup: 0.2) }
        #expect(blended.kind == .usage && blended.subject == "outOfFold")
    }

    @Test func predictionsThatDoNotFitAreRefused() throws {
        #expect(try #require(throws: ErdeError.self) { try Self.student(nil, .mask) }.subject == "outOfFold")
        func refused(_ problem: String, _ change: (inout FoldPredictions.Origin) -> Void, done: Int = 2) throws {
            var origin = Self.predictions { _ in true }.origin
            change(&origin)
            var predictions = FoldPredictions(origin)
            predictions.foldsDone = done
            let error = try #require(throws: ErdeError.self) { try Self.student(predictions, .mask) }
            #expect(error.kind == .badData && error.problem.contains(problem), "\(error)")
        }
        try refused("only 1 of 2 folds", { _ in }, done: 1)
        try refused("another dataset", { $0.datasetFingerprint = "other" })
        try refused("another dataset", { $0.imageCount = 39 })
        try refused("judges 3 exits", { $0.exits = 3 })
    }

    @Test func studentsResumeToTheSameBits() throws {
        let folder = try TemporaryFolder()
        let predictions = Self.predictions { $0 % 3 != 0 }
        let whole = try Self.student(predictions, .mask, method: .erdeMate)
        var asked = 0
        #expect(throws: ErdeError.self) {
            try Self.student(predictions, .mask, method: .erdeMate) {
                $0.checkpoints = CheckpointFolder(path: folder.path)
                $0.shouldStop = {
                    asked += 1
                    return asked > 7
                }
            }
        }
        let resumed = try Self.student(predictions, .mask, method: .erdeMate) {
            $0.checkpoints = CheckpointFolder(path: folder.path)
            $0.resumes = true
        }
        #expect(resumed.parameters == whole.parameters)
        let other = try #require(throws: ErdeError.self) {
            try Self.student(Self.predictions { _ in true }, .mask, method: .erdeMate) {
                $0.checkpoints = CheckpointFolder(path: folder.path)
                $0.resumes = true
            }
        }
        #expect(other.problem.contains("other out-of-fold predictions"), "\(other)")
    }
}
