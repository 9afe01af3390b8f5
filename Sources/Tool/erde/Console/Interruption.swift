import ArgumentParser
import Diagnostics
import Glibc
import Synchronization

/// Turns Ctrl-C, a polite kill and the loss of the terminal into a request that long work honours between two steps. A second
/// Ctrl-C or kill ends the program.
enum Interruption {
    private static let requested = Atomic(false)
    /// Whether Ctrl-C or a kill has come.
    private static let asked = Atomic(false)

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
    ///
    /// That the terminal is lost is told more than once, by the system and by the shell, and beside a polite kill: it is always a
    /// request only. Where it is ignored, as under `nohup`, it stays so.
    static func watch() {
        // Whoever started the program may have blocked them.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] {
            sigaddset(&signals, number)
            signal(number) { _ in
                Interruption.requested.store(true, ordering: .relaxed)
                if Interruption.asked.exchange(true, ordering: .relaxed) { _exit(130) }
            }
        }
        sigaddset(&signals, SIGHUP)
        let earlier = signal(SIGHUP, SIG_IGN)
        if unsafeBitCast(earlier, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) {
            signal(SIGHUP) { _ in Interruption.requested.store(true, ordering: .relaxed) }
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
