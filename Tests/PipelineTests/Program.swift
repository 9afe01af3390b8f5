import Foundation

/// The built program, run as a person would.
struct Program {
    struct Outcome {
        let status: Int32
        let output: String
        let messages: String

        /// The messages that are errors.
        var errors: [Substring] { messages.split(separator: "\n").filter { $0.hasPrefix("error: ") } }
    }

    /// The folder in which the program runs.
    let folder: String

    /// The program beside the running tests.
    static let path: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("erde").path
    }()

    /// The bundled images.
    static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("samples/fashion").path

    /// - Parameter environment: variables beside the test's own.
    func start(
        _ arguments: [String], program: String = Program.path, environment: [String: String] = [:]
    ) throws -> (Process, Pipe, Pipe) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (output, messages) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = messages
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return (process, output, messages)
    }

    func run(_ arguments: String..., program: String = Program.path) throws -> Outcome {
        let (process, output, messages) = try start(arguments, program: program)
        return Program.finish(process, output, messages)
    }

    /// Runs with bytes on stdin.
    func run(_ arguments: [String], input: [UInt8]) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let (source, output, messages) = (Pipe(), Pipe(), Pipe())
        process.standardInput = source
        process.standardOutput = output
        process.standardError = messages
        try process.run()
        DispatchQueue.global().async {
            try? source.fileHandleForWriting.write(contentsOf: Data(input))
            try? source.fileHandleForWriting.close()
        }
        return Program.finish(process, output, messages)
    }

    static func finish(_ process: Process, _ output: Pipe, _ messages: Pipe) -> Outcome {
        nonisolated(unsafe) var text = Data()
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) { text = messages.fileHandleForReading.readDataToEndOfFile() }
        let results = output.fileHandleForReading.readDataToEndOfFile()
        group.wait()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
            output: String(decoding: results, as: UTF8.self), messages: String(decoding: text, as: UTF8.self))
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))) }

    /// Names in the folder that look half-written.
    func leftovers() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("partial") }
    }
}
