import ArgumentParser
import Artifacts
import Diagnostics
import Glibc

/// The program: subcommands, and the name `compress` as a short way to one of them.
@main
struct Erde: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erde",
        abstract: "Compresses image classifiers into early-exit students, and says what each MAC buys.",
        discussion: """
            From images to a compressed model:

              erde ingest photos -o photos.erds
              erde train photos.erds -o teacher.pb
              erde compress teacher.pb --target-macs 20M
              erde classify student.pb new-photos

            Results go to stdout, messages to stderr. Exit status: 0 done, 64 wrong usage, 65 bad input data, 66 input not \
            found, 69 something is missing, 70 a runtime disagrees about an exported file or a training diverged, \
            73 output cannot be written, 75 interrupted after a checkpoint, 130 interrupted.
            """,
        version: erdeVersion,
        subcommands: [
            IngestCommand.self, TrainCommand.self, CompressCommand.self, PruneCommand.self, QuantizeCommand.self,
            CalibrateCommand.self, EvaluateCommand.self, ClassifyCommand.self, ExportCommand.self, ImportCommand.self,
            ConvertCommand.self, CheckCommand.self,
            InspectCommand.self, ReportCommand.self, BenchCommand.self, DoctorCommand.self, RunONNXCommand.self,
        ])

    static func main() {
        Erde.holdStreams()
        var arguments = Array(CommandLine.arguments.dropFirst())
        let name = CommandLine.arguments.first?.split(separator: "/").last
        if name == "compress" { arguments.insert("compress", at: 0) }
        do {
            try checkCommand(arguments)
            var command = try parseAsRoot(NegativeValues.joined(arguments))
            if (command as? any LongComputation)?.isLong == true { WorkerPatience.ensure() }
            try command.run()
        } catch let error as ErdeError {
            Console.standard.fail(error.namingOption)
        } catch {
            end(with: error)
        }
    }

    /// Ends the program as the parser or a command asks for: help and the version are results, a status may come without words,
    /// and all else is an error.
    private static func end(with error: any Error) -> Never {
        let (code, text) = (exitCode(for: error), fullMessage(for: error))
        if !text.isEmpty {
            guard code.isSuccess else {
                let label = "Error: "
                Console.standard.fail(text.hasPrefix(label) ? String(text.dropFirst(label.count)) : text, status: code.rawValue)
            }
            Console.standard.result(text)
        }
        Glibc.exit(code.rawValue)
    }

    /// Opens standard streams that are closed, so that no file of ours gets their numbers and messages with it. What would go to
    /// stdout still finds that it cannot be written.
    private static func holdStreams() {
        for (stream, access) in [(STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)]
        where fcntl(stream, F_GETFD) < 0 {
            // The lowest number that is free is this one: those below are open.
            _ = open("/dev/null", access)
        }
    }

    /// A misspelt command is no argument of a command that is not there.
    private static func checkCommand(_ arguments: [String]) throws(ErdeError) {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        let isHelp = arguments.first == "help"
        guard let name = isHelp ? arguments.dropFirst().first : arguments.first, !name.hasPrefix("-"),
            !(names + ["help"]).contains(name)
        else { return }
        let closest = names.map { (name: $0, distance: Spelling.distance(from: name, to: $0)) }.min { $0.distance < $1.distance }
        let suggestion = closest.flatMap { $0.distance <= 2 ? "did you mean erde \($0.name)?" : nil }
        throw ErdeError(.usage, name, "is no command", remedy: suggestion ?? "erde --help lists them")
    }
}
