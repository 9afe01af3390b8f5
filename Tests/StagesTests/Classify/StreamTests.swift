import Architectures
import Artifacts
import CPUEngine
import Classify
import Diagnostics
import Execution
import FileTrees
import Foundation
import Graphs
import Inference
import Tensors
import Testing

/// Images run as a stream: whatever the batches, the window and the threads are, answers are the same and in order.
@Suite struct StreamTests {
    /// Images from memory: `P5`-like files are not read here, so each is a small PNG made by hand, and some are torn.
    private struct Counted: ImageSource {
        let items: [ImageItem]
        var next = 0
        /// Most images given at once, and whether every second call gives none.
        let atOnce: Int
        let isHesitant: Bool
        var calls = 0

        mutating func next(atMost count: Int) -> ImageSourceStep {
            calls += 1
            if isHesitant && calls % 2 == 0 { return .idle }
            if next == items.count { return .end }
            let end = min(items.count, next + min(count, atOnce))
            defer { next = end }
            return .images(Array(items[next..<end]))
        }
    }

    private static let format = ImageFormat(channels: 3, height: 8, width: 8)

    private func model() throws -> Model {
        let description = DatasetDescription(
            classNames: ["a", "b", "c"], image: Self.format, mean: [0.4, 0.5, 0.6],
            standardDeviation: [0.2, 0.25, 0.3], counts: [.train: 10], source: "made", seed: 1)
        return try ArchitectureDescription(parsing: "preresnet:widths=4,4,4:blocks=1,1,1")
            .initialModel(role: .student, for: description, seed: 3)
    }

    private func items(_ count: Int) throws -> [ImageItem] {
        let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Goldens/images")
        let names = try FileManager.default.contentsOfDirectory(atPath: goldens.path).filter {
            $0.hasSuffix(".png") || $0.hasSuffix(".jpg")
        }.sorted()
        return try (0..<count).map { index in
            let bytes = [UInt8](try Data(contentsOf: goldens.appendingPathComponent(names[index % names.count])))
            let isTorn = index % 11 == 3
            return ImageItem(name: FileName("\(index)"), content: .bytes(isTorn ? Array(bytes.prefix(40)) : bytes))
        }
    }

    private func run(
        _ items: [ImageItem], _ settings: ClassificationSettings, atOnce: Int = 1000, isHesitant: Bool = false,
        threads: Int = 1, thresholds: [Double]
    ) throws -> [ClassifiedImage] {
        var images: [ClassifiedImage] = []
        let summary = try classify(
            Counted(items: items, atOnce: atOnce, isHesitant: isHesitant), with: model(),
            policy: ExitPolicy(thresholds: thresholds), engine: CPUEngine(), options: CompilationOptions(threads: threads),
            settings: settings, visit: { image throws(ErdeError) in images.append(image) })
        #expect(summary.answered + summary.bad == items.count)
        #expect(summary.bad == items.indices.count { $0 % 11 == 3 })
        #expect(summary.leftAt.reduce(0, +) == summary.answered)
        return images
    }

    @Test func nothingChangesAnAnswerOrTheOrder() throws {
        let items = try items(200)
        let plain = ClassificationSettings(batchSize: 64, decoders: 1)
        // In the widest gap between scores of an exit that is not at their ends: some leave at each, and nobody so near a
        // threshold that rounding in other batches moves them.
        var thresholds: [Double] = [100, 100]
        for exit in 0..<2 {
            let answers = try run(items, plain, thresholds: thresholds).compactMap { try? $0.result.get() }
            let scores = answers.filter { $0.exit == exit }.map { GateScore.entropy.value(of: $0.logits) }.sorted()
            let gaps = zip(scores, scores.dropFirst()).dropFirst(scores.count / 4).dropLast(scores.count / 4)
            let widest = gaps.max { $0.1 - $0.0 < $1.1 - $1.0 }
            let (below, above) = try #require(widest)
            thresholds[exit] = (below + above) / 2
        }
        let reference = try run(items, plain, thresholds: thresholds)
        #expect(reference.map(\.name.text) == items.map(\.name.text))
        #expect(Set(reference.compactMap { try? $0.result.get().exit }) == [0, 1, 2])
        let settings: [(ClassificationSettings, atOnce: Int, isHesitant: Bool, threads: Int)] = [
            (ClassificationSettings(batchSize: 7, decoders: 3), 1000, false, 1),
            (ClassificationSettings(batchSize: 1, decoders: 2), 3, false, 2),
            (ClassificationSettings(batchSize: 64, decoders: 4, window: 1), 1000, false, 1),
            (ClassificationSettings(batchSize: 16, decoders: 2, window: 40), 5, true, 1),
            (ClassificationSettings(batchSize: 128, decoders: 3, patience: .milliseconds(1)), 2, true, 1),
            (ClassificationSettings(batchSize: 64, decoders: 2), 1000, false, 4),
            (ClassificationSettings(batchSize: 48, decoders: 3, window: 48), 7, true, 3),
            // The window is full while workers hold images back: only what they finish lets more come.
            (ClassificationSettings(batchSize: 32, decoders: 1, window: 32, patience: .seconds(60)), 1000, false, 2),
            (ClassificationSettings(batchSize: 33, decoders: 2, patience: .milliseconds(1)), 1, true, 2),
        ]
        for (setting, atOnce, isHesitant, threads) in settings {
            let images = try run(
                items, setting, atOnce: atOnce, isHesitant: isHesitant, threads: threads, thresholds: thresholds)
            #expect(images.map(\.name) == reference.map(\.name))
            for (image, expected) in zip(images, reference) {
                switch (image.result, expected.result) {
                case (.success(let answer), .success(let other)):
                    #expect(answer.label == other.label && answer.exit == other.exit && answer.macs == other.macs)
                    #expect(abs(answer.probability - other.probability) < 1e-5)
                case (.failure(let error), .failure(let other)): #expect(error == other)
                default: Issue.record("\(image.name.text) is answered once and not again")
                }
            }
        }
    }

    @Test func batchesAreSharedOutAmongThreads() {
        func workers(_ batch: Int, _ threads: Int) -> [Int] {
            let workers = ClassificationSettings(batchSize: batch).workers(threads: threads)
            return [workers.count, workers.batchSize, workers.threads]
        }
        #expect(workers(128, 1) == [1, 128, 1])
        #expect(workers(128, 2) == [2, 64, 1])
        #expect(workers(128, 16) == [8, 16, 2])
        #expect(workers(1, 4) == [1, 1, 4])
        #expect(workers(50, 3) == [3, 16, 1])
    }

    /// Logits that are no numbers never make an image leave early, and are no answer at the end.
    @Test(arguments: [(exit: 1, answered: 5), (exit: 3, answered: 0)], GateScore.allCases)
    func whatIsNoNumberIsNoAnswer(_ broken: (exit: Int, answered: Int), score: GateScore) throws {
        var model = try model()
        let head = try #require(model.graph.producer(of: model.graph.outputs[broken.exit - 1].value))
        model.parameters[model.graph.name(of: head.inputs[2])]?.floats[1] = .nan
        var images: [ClassifiedImage] = []
        let thresholds = broken.exit == 1 ? [100, 0] : [0, 0]
        let summary = try classify(
            Counted(items: Array(try items(14).filter { $0.name.text != "3" }.prefix(5)), atOnce: 9, isHesitant: false),
            with: model, policy: ExitPolicy(score: score, thresholds: thresholds.map(Double.init)), engine: CPUEngine(),
            options: CompilationOptions(threads: 2), visit: { image throws(ErdeError) in images.append(image) })
        #expect(summary.answered == broken.answered && summary.bad == 5 - broken.answered)
        #expect(summary.leftAt == [0, 0, broken.answered])
        for case .failure(let error) in images.map(\.result) { #expect(error.problem.contains("no numbers")) }
    }

    /// What a caller throws ends the run and its threads.
    @Test func anErrorOfTheCallerEndsTheRun() throws {
        let items = try items(300)
        let model = try model()
        var count = 0
        #expect(throws: ErdeError.self) {
            try classify(
                Counted(items: items, atOnce: 1000, isHesitant: false), with: model,
                policy: .fullDepth(exits: 3), engine: CPUEngine(), options: CompilationOptions(threads: 2),
                settings: ClassificationSettings(batchSize: 40, decoders: 3),
                visit: { _ throws(ErdeError) in
                    count += 1
                    if count == 20 { throw ErdeError(.cannotWrite, "x", "full") }
                })
        }
        #expect(count == 20)
    }

    @Test func namesAnsweredBeforeAreTakenAsOftenAsTheyWere() {
        var names = AnsweredNames()
        let (one, other) = (FileName("a.png"), FileName([0xFF, 0x61]))
        names.insert(one)
        names.insert(one)
        names.insert(other)
        #expect([names.take(one), names.take(one), names.take(one)] == [true, true, false])
        #expect(names.contains(other) && !names.contains(one) && !names.contains(FileName("b.png")))
    }

    @Test func namesAreReadableOnOneLine() {
        #expect(FileName("plain name.png").readable == "plain name.png")
        #expect(FileName("Grüße\n\u{1B}[1m\\.png").readable == #"Grüße\n\x1B[1m\\.png"#)
        #expect(FileName([0x61, 0xFF, 0xC3]).readable == #"a\xFF\xC3"#)
        #expect(FileName("b".utf8, in: FileName("a/")).text == "a/b" && FileName("b".utf8, in: FileName("")).text == "b")
        #expect(Array(FileName("a/b.png").last) == Array("b.png".utf8))
        #expect(FileName([0x61, 0, 0x62]).text == "a" && FileName([0x61, 0, 0x62], in: FileName("b")).text == "b/a")
    }
}
