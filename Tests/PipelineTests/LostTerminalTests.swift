import Foundation
import Testing

extension Pipeline {
    /// A terminal that goes away, or somebody who stops reading, takes no work along.
    @Suite(.serialized)
    struct LostTerminalTests {
        private let program = Workshop.program

        /// Starts programs that do with a signal what the system does, even where these tests ignore it.
        private func withoutIgnoring<Result>(_ number: Int32, _ body: () throws -> Result) rethrows -> Result {
            let own = signal(number, SIG_DFL)
            defer { signal(number, own) }
            return try body()
        }

        /// The end of a pipe that nobody reads.
        private func unreadPipe() throws -> FileHandle {
            var ends: [Int32] = [0, 0]
            let status = pipe(&ends)
            try #require(status == 0)
            close(ends[0])
            return FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        }

        /// How a command ends; 128 and its number by a signal.
        private func status(
            _ arguments: [String], output: FileHandle = .nullDevice, messages: FileHandle = .nullDevice
        ) throws -> Int32 {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Program.path)
            process.arguments = arguments
            process.currentDirectoryURL = URL(fileURLWithPath: program.folder)
            process.standardOutput = output
            process.standardError = messages
            process.standardInput = FileHandle.nullDevice
            try withoutIgnoring(SIGPIPE) { try process.run() }
            process.waitUntilExit()
            return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        }

        @Test func messagesThatNobodyReadsEndNothing() throws {
            _ = Workshop.made
            let training = [
                "train", "data.erds", "-o", "unheard.pb", "--arch", Workshop.network, "--epochs", "1", "--threads", "1",
            ]
            let trained = try status(training, messages: unreadPipe())
            #expect(trained == 0)
            #expect(program.exists("unheard.pb"))
            let refused = try status(["inspect", "absent.pb"], messages: unreadPipe())
            #expect(refused == 66)
            let misused = try status(["inspect"], messages: unreadPipe())
            #expect(misused == 64)
        }

        @Test func resultsThatNobodyReadsEndTheProgram() throws {
            _ = Workshop.made
            for arguments in [["inspect", "teacher.pb"], ["classify", "teacher.pb", "\(Program.samples)/test/bag"]] {
                let ended = try status(arguments, output: unreadPipe())
                #expect(ended == 128 + SIGPIPE, "\(arguments)")
            }
        }

        @Test func aTrainingKeepsACheckpointWhenTheTerminalIsLost() throws {
            _ = Workshop.made
            let (process, output, messages) = try withoutIgnoring(SIGHUP) {
                try program.start([
                    "train", "data.erds", "-o", "hung.pb", "--arch", Workshop.network, "--epochs", "60", "--threads", "1",
                ])
            }
            while !program.exists("hung.checkpoint") && process.isRunning { usleep(10_000) }
            // The system tells of it and so does the shell, and the end of a session is a polite kill besides.
            for number in [SIGHUP, SIGHUP, SIGTERM] {
                kill(process.processIdentifier, number)
                usleep(1_000)
            }
            let outcome = Program.finish(process, output, messages)
            #expect(outcome.status == 75 && outcome.messages.contains("--resume"), "\(outcome.status) \(outcome.messages)")
            #expect(program.exists("hung.checkpoint") && !program.exists("hung.pb"))
        }

        @Test func aLossThatIsIgnoredStaysSo() throws {
            _ = Workshop.made
            // As nohup does.
            let line =
                "trap '' HUP; exec \"$0\" train data.erds -o held.pb --arch \(Workshop.network) --epochs 2 --threads 1"
            let (process, output, messages) = try program.start(["-c", line, Program.path], program: "/bin/sh")
            while !program.exists("held.checkpoint") && process.isRunning { usleep(10_000) }
            kill(process.processIdentifier, SIGHUP)
            let outcome = Program.finish(process, output, messages)
            #expect(outcome.status == 0 && program.exists("held.pb"), "\(outcome.status) \(outcome.messages)")
        }
    }
}
