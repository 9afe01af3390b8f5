import Artifacts
import Diagnostics
import Execution
import FoundationEssentials
import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing
import Training

@Suite struct CheckpointTests {
    /// A run stopped after three steps; `body` gets its folder.
    static func withCheckpoint(_ body: (CheckpointFolder) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let checkpoints = CheckpointFolder(path: "\(folder)/run")
            var asked = 0
            _ = try? TrainerTests.train(try Fixtures.task()) {
                $0.checkpoints = checkpoints
                $0.shouldStop = {
                    asked += 1
                    return asked > 3
                }
            }
            #expect(checkpoints.hasCheckpoint)
            try body(checkpoints)
        }
    }

    /// The reference engine as another would be, by its name and what it says of itself.
    private struct StandIn: Engine {
        var name = "reference"
        var precision = Precision.float32
        var threads = 1

        func precision(for options: CompilationOptions) -> Precision { precision }

        func threads(for options: CompilationOptions) -> Int { threads }

        func compile(
            _ graph: Graph, parameters: Parameters, options: CompilationOptions
        ) throws(ErdeError) -> any Executable {
            try ReferenceEngine().compile(graph, parameters: parameters, options: options)
        }
    }

    static func resume(
        _ folder: CheckpointFolder, _ task: TrainingTask? = nil, engine: any Engine = ReferenceEngine()
    ) throws -> ErdeError {
        let task = try task ?? Fixtures.task()
        return try #require(throws: ErdeError.self) {
            try TrainerTests.train(task) {
                $0.engine = engine
                $0.checkpoints = folder
                $0.resumes = true
            }
        }
    }

    static func change(_ file: String, _ change: (inout Data) -> Void) throws {
        var data = try Data(contentsOf: URL(filePath: file))
        change(&data)
        try data.write(to: URL(filePath: file))
    }

    @Test func oneCompleteCheckpointIsKept() throws {
        try TemporaryFolder.with { folder in
            _ = try TrainerTests.train(try Fixtures.task()) { $0.checkpoints = CheckpointFolder(path: folder) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["checkpoint-2"])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: "\(folder)/checkpoint-2").sorted()
                    == ["state.json", "variables.f32"])
        }
    }

    @Test func unfinishedCheckpointsOfDeadProcessesGo() throws {
        try TemporaryFolder.with { folder in
            let checkpoints = CheckpointFolder(path: "\(folder)/run")
            // The first process lives always, and none has the largest number.
            for name in ["partial-1", "partial-\(Int32.max)", "partial-\(ProcessInfo.processInfo.processIdentifier)"] {
                let place = "\(checkpoints.path)/\(name)/inner"
                try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            }
            _ = try TrainerTests.train(try Fixtures.task()) { $0.checkpoints = checkpoints }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: checkpoints.path).sorted() == ["checkpoint-2", "partial-1"])
            checkpoints.remove()
            #expect(!FileManager.default.fileExists(atPath: checkpoints.path))
        }
    }

    @Test func otherRunsAreRefusedByName() throws {
        try Self.withCheckpoint { folder in
            var recipe = Fixtures.recipe()
            recipe.epochs = 3
            let epochs = try Self.resume(folder, try Fixtures.task(recipe: recipe))
            #expect(epochs.kind == .usage && epochs.problem.contains("epochs : 2; now epochs : 3"), "\(epochs)")
            let method = try Self.resume(folder, try Fixtures.task(.kd))
            #expect(method.problem.contains("method : erde; now method : kd"), "\(method)")
            let data = try Self.resume(folder, try Fixtures.task(dataset: Fixtures.dataset(seed: 6)))
            #expect(data.problem.contains("another dataset"), "\(data)")
            let network = try Self.resume(folder, try Fixtures.task(student: "preresnet:widths=2,4:blocks=1,1"))
            #expect(network.problem.contains("another network"), "\(network)")
            var task = try Fixtures.task()
            task.teacher?.parameters["exit1_linear_bias"] = Tensor(repeating: 1, [3])
            #expect(try Self.resume(folder, task).problem.contains("another teacher"))
            task = try Fixtures.task()
            task.parameters["stem_weight"]?.floats[0] += 1
            #expect(try Self.resume(folder, task).problem.contains("other weights to begin with"))
        }
    }

    @Test func anotherEngineOrPrecisionIsRefused() throws {
        try Self.withCheckpoint { folder in
            let engine = try Self.resume(folder, engine: StandIn(name: "other"))
            #expect(engine.kind == .usage && engine.problem.contains("the engine reference, now other"), "\(engine)")
            let precision = try Self.resume(folder, engine: StandIn(precision: .bfloat16))
            #expect(precision.kind == .usage, "\(precision)")
            #expect(precision.problem.contains("the precision float32, now bfloat16"), "\(precision)")
        }
    }

    @Test func otherThreadsAreWarnedOf() throws {
        for (threads, warnings) in [(1, 0), (3, 1)] {
            try Self.withCheckpoint { folder in
                let events = TrainerTests.Events()
                _ = try TrainerTests.train(try Fixtures.task()) {
                    $0.engine = StandIn(threads: threads)
                    $0.checkpoints = folder
                    $0.resumes = true
                    $0.report = { events.all.append($0) }
                }
                let told = events.warnings.filter { $0.contains("--threads") }
                #expect(told.count == warnings)
                #expect(told.allSatisfy { $0.contains("--threads 1, now 3") }, "\(told)")
            }
        }
    }

    @Test func missingAndDamagedCheckpointsAreNamed() throws {
        try TemporaryFolder.with { folder in
            for path in ["\(folder)/nothing", folder] {
                let error = try Self.resume(CheckpointFolder(path: path))
                #expect(error.kind == .notFound && error.subject == path)
            }
        }
        for (file, damage, problem) in [
            ("variables.f32", { $0.removeLast() }, "bytes, found"),
            ("variables.f32", { $0[$0.startIndex + 5] ^= 1 }, "checksum"),
            ("state.json", { $0.removeLast(10) }, "not the state"),
            ("state.json", { $0 = Data("{\"format\": \"other\"}".utf8) }, "not the state"),
            (
                "state.json",
                { data in
                    let text = String(decoding: data, as: UTF8.self)
                    data = Data(text.replacing("erde training checkpoint 2", with: "erde training checkpoint 9").utf8)
                }, "found erde training checkpoint 9"
            ),
        ] as [(String, (inout Data) -> Void, String)] {
            try Self.withCheckpoint { folder in
                try Self.change("\(folder.path)/checkpoint-1/\(file)", damage)
                let error = try Self.resume(folder)
                #expect(error.kind == .badData && error.problem.contains(problem), "\(error)")
                #expect(error.subject.hasSuffix(file) && error.remedy != nil)
            }
        }
    }

    @Test func resumeWithoutAFolderIsAUsageError() throws {
        let error = try #require(throws: ErdeError.self) { try TrainerTests.train(try Fixtures.task()) { $0.resumes = true } }
        #expect(error.kind == .usage && error.subject == "--resume")
    }

    @Test func foldersThatCannotBeWrittenAreNamed() throws {
        let error = try #require(throws: ErdeError.self) {
            try TrainerTests.train(try Fixtures.task()) { $0.checkpoints = CheckpointFolder(path: "/proc/nothing") }
        }
        #expect(error.kind == .cannotWrite)
    }
}
