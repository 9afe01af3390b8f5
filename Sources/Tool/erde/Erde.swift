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
            found, 69 something is missing, 70 a runtime disagrees about an exported file, 73 output cannot be written, 75 interrupted after a checkpoint, \
            130 interrupted.
            """,
        version: erdeVersion,
        subcommands: [
            IngestCommand.self, TrainCommand.self, CompressCommand.self, PruneCommand.self, QuantizeCommand.self,
            CalibrateCommand.self, EvaluateCommand.self, ClassifyCommand.self, ExportCommand.self, ImportCommand.self,
            ConvertCommand.self, CheckCommand.self,
            InspectCommand.self, ReportCommand.self, BenchCommand.self, DoctorCommand.self, RunONNXCommand.self,
        ])

    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let name = CommandLine.arguments.first?.split(separator: "/").last
        if name == "compress" { arguments.insert("compress", at: 0) }
        do {
            var command = try parseAsRoot(arguments)
            if (command as? any LongComputation)?.isLong == true { WorkerPatience.ensure() }
            try command.run()
        } catch let error as ErdeError {
            Console.standard.fail(error.namingOption)
        } catch {
            exit(withError: error)
        }
    }
}
