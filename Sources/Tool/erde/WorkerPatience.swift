import Glibc

/// Makes the workers of the arithmetic library sleep soon when one of them has to wait for a processor.
///
/// By default they spin for milliseconds, which on a machine that others use too makes each of thousands of barriers cost a
/// time slice. Their runtime reads its environment when it is loaded, so the program starts itself anew once.
enum WorkerPatience {
    /// Turns of a waiting loop, about a tenth of a millisecond.
    private static let spins = "2000"

    /// Returns at once when the environment says how to wait, as it does after the new start.
    static func ensure() {
        guard getenv("GOMP_SPINCOUNT") == nil, getenv("OMP_WAIT_POLICY") == nil else { return }
        setenv("GOMP_SPINCOUNT", spins, 1)
        execv("/proc/self/exe", CommandLine.unsafeArgv)
    }
}
