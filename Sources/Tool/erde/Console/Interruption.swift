import ArgumentParser
import Diagnostics
import Glibc
import Synchronization

/// Turns Ctrl-C and a polite kill into a request that long work honours between two steps. A second one ends the program.
enum Interruption {
    private static let requested = Atomic(false)

    static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Runs work of which nothing is kept when it is stopped: the program's status says so then.
    static func keepingNothing<Result>(_ body: () throws(ErdeError) -> Result) throws -> Result {
        do throws(ErdeError) {
            return try body()
        } catch {
            guard error.kind == .interrupted else { throw error }
            Console.standard.note(error.description)
            throw ExitCode(130)
        }
    }

    /// From now on the first signal is a request.
    static func watch() {
        // Whoever started the program may have blocked them.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] {
            sigaddset(&signals, number)
            signal(number) { _ in
                if Interruption.requested.exchange(true, ordering: .relaxed) { _exit(130) }
            }
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
