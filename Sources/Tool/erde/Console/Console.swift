import Diagnostics
import Glibc
import Synchronization

/// What the person at the terminal sees: messages on stderr, results on stdout.
final class Console: Sendable {
    enum Verbosity: Int, Sendable {
        case quiet
        case normal
        case verbose
    }

    static let standard = Console()

    private let verbosity = Mutex(Verbosity.normal)
    /// Whether stderr is a terminal, so that a line may be rewritten.
    let isTerminal: Bool
    private let usesColour: Bool

    private init() {
        isTerminal = isatty(STDERR_FILENO) == 1
        usesColour = isTerminal && getenv("NO_COLOR") == nil
    }

    func set(_ value: Verbosity) { verbosity.withLock { $0 = value } }

    private func shows(_ level: Verbosity) -> Bool { verbosity.withLock { $0.rawValue >= level.rawValue } }

    /// Whether progress is to be shown.
    var showsProgress: Bool { shows(.normal) }

    /// A message for everyone who did not ask for quiet.
    func note(_ text: String) {
        if shows(.normal) { write(message: text + "\n") }
    }

    /// A message for those who asked for more.
    func detail(_ text: String) {
        if shows(.verbose) { write(message: text + "\n") }
    }

    /// Something allowed that may not be wanted.
    func warn(_ text: String) { write(message: styled("warning: ", "33") + text + "\n") }

    /// Text without a line end, for progress.
    func progress(_ text: String) { write(message: text) }

    /// A result. The program ends, with the status of what cannot be written, when stdout does not take it.
    func result(_ text: String) { write(result: Array((text + "\n").utf8)) }

    /// Bytes of a result, as they are; ends the program as `result` does.
    func write(result bytes: [UInt8]) {
        if let reason = write(bytes, to: STDOUT_FILENO) {
            fail(
                ErdeError(
                    .cannotWrite, "stdout", "cannot be written: \(String(cString: strerror(reason)))",
                    remedy: "free disk space, or name another place, and run again"))
        }
    }

    /// Says why and ends the program with the error's status.
    func fail(_ error: ErdeError) -> Never { fail(error.description, status: error.kind.exitStatus) }

    /// Says why and ends the program with a status.
    func fail(_ text: String, status: Int32) -> Never {
        write(message: styled("error: ", "31") + text + "\n")
        exit(status)
    }

    func bold(_ text: String) -> String { styled(text, "1") }

    private func styled(_ text: String, _ code: String) -> String {
        usesColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// Writes what may be lost: where nobody reads stderr any more, the work goes on.
    ///
    /// So the signal of a broken pipe is held back here, and only here: where nobody reads results, it ends the program.
    private func write(message text: String) {
        var (signals, earlier) = (sigset_t(), sigset_t())
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, &earlier)
        if write(Array(text.utf8), to: STDERR_FILENO) == EPIPE {
            // It waits for this thread, unless the program ignores it.
            var now = timespec()
            sigtimedwait(&signals, nil, &now)
        }
        pthread_sigmask(SIG_SETMASK, &earlier, nil)
    }

    /// - Returns: the system's number for the reason when not all is written.
    private func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 && errno == EINTR { continue }
                if written <= 0 { return errno }
                rest = rest.dropFirst(written)
            }
            return nil
        }
    }
}
