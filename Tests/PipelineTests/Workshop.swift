import Foundation

/// A folder with a dataset, a teacher and a student made by the program, once for all tests.
enum Workshop {
    static let network = "preresnet:widths=8,16:blocks=1,1"

    static let program: Program = {
        let folder = NSTemporaryDirectory() + "erde-tests-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // All tests share it, so that no owner's end can take it along.
        atexit { try? FileManager.default.removeItem(atPath: Workshop.program.folder) }
        return Program(folder: folder)
    }()

    /// What each command that made the workshop came to.
    static let made: [String: Program.Outcome] = {
        var outcomes: [String: Program.Outcome] = [:]
        outcomes["ingest"] = try? program.run("ingest", Program.samples, "-o", "data.erds", "--json")
        outcomes["train"] = try? program.run(
            "train", "data.erds", "-o", "teacher.pb", "--arch", network, "--epochs", "2", "--threads", "1", "--json")
        outcomes["compress"] = try? program.run(
            "compress", "teacher.pb", "--target-macs", "1.2M", "--epochs", "2", "--threads", "1", "--json", "--output", "small")
        return outcomes
    }()
}
