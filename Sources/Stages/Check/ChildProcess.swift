import Diagnostics
import Dispatch
import Subprocess
import Synchronization
import SystemPackage

/// A program that is started, waited for, and ended when it takes too long or nobody wants its answer any more.
///
/// swift-subprocess starts it: in a process group of its own, so that Ctrl-C reaches it and all it started through erde alone, and
/// without Foundation, whose `Process` has no groups and would be the only reason to link it.
struct ChildProcess {
    /// How it came to its end.
    enum Ending: Hashable {
        case exited(Int32)
        case signaled(Int32)
        case timedOut
        case interrupted
        /// It was ended because it printed without end.
        case flooded
        /// It could not be started.
        case notFound
    }

    struct Outcome {
        let ending: Ending
        let output: String
        let messages: String
    }

    /// Bytes that it may print on each of stdout and stderr.
    static let printedBytes = 4 << 20

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - program: a path when it has a slash, else a name to look for in `PATH`.
    ///   - shouldStop: asked every few hundredths of a second.
    /// - Throws: `ErdeError` of kind `unavailable` when the system refuses.
    static func run(
        _ program: String, _ arguments: [String], timeout: Duration, shouldStop: @escaping @Sendable () -> Bool
    ) throws(ErdeError) -> Outcome {
        let result = Mutex<Result<Outcome, ErdeError>?>(nil)
        let done = DispatchSemaphore(value: 0)
        // The program is synchronous; this thread waits while the tasks' own threads work.
        Task.detached {
            let outcome = await outcome(program, arguments, timeout: timeout, shouldStop: shouldStop)
            result.withLock { $0 = outcome }
            done.signal()
        }
        done.wait()
        return try result.withLock { $0! }.get()
    }

    private enum Step: Sendable {
        case ended(Ending, output: String, messages: String)
        case refused(ErdeError)
        case stop(Ending)
    }

    private static func outcome(
        _ program: String, _ arguments: [String], timeout: Duration, shouldStop: @escaping @Sendable () -> Bool
    ) async -> Result<Outcome, ErdeError> {
        let first = await withTaskGroup(of: Step.self) { group in
            group.addTask { await end(of: program, arguments) }
            group.addTask {
                let deadline = ContinuousClock.now + timeout
                while !Task.isCancelled && !shouldStop() {
                    if ContinuousClock.now >= deadline { return .stop(.timedOut) }
                    try? await Task.sleep(for: .milliseconds(20))
                }
                return .stop(.interrupted)
            }
            let first = await group.next()!
            // Ends the process group, and waits until it is gone.
            group.cancelAll()
            await group.waitForAll()
            return first
        }
        switch first {
        case .ended(let ending, let output, let messages):
            return .success(Outcome(ending: ending, output: output, messages: messages))
        case .refused(let error): return .failure(error)
        case .stop(let ending): return .success(Outcome(ending: ending, output: "", messages: ""))
        }
    }

    private static func end(of program: String, _ arguments: [String]) async -> Step {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        // How erde waits for its own workers is nothing to others'.
        let environment = Environment.inherit.updating(["GOMP_SPINCOUNT": nil])
        do {
            let result = try await Subprocess.run(
                program.contains("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(arguments),
                environment: environment, platformOptions: options, input: .none, output: .string(limit: printedBytes),
                error: .string(limit: printedBytes))
            let ending: Ending =
                switch result.terminationStatus {
                case .exited(let status): .exited(status)
                case .signaled(let signal): .signaled(signal)
                }
            return .ended(ending, output: result.standardOutput, messages: result.standardError)
        } catch let error as SubprocessError where error.code == .executableNotFound {
            return .ended(.notFound, output: "", messages: "")
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            return .ended(.flooded, output: "", messages: "")
        } catch {
            return .refused(ErdeError(.unavailable, program, "cannot be run: \(error)", remedy: "run it by hand"))
        }
    }
}
