import Artifacts
import Glibc

/// Decides how long the workers of the arithmetic library look out for their next piece of work before they sleep.
///
/// Their own way is to look for milliseconds. That is right where the machine is theirs: a step has hundreds of pieces, and a
/// processor of a virtual machine that falls asleep may take longer to come back than a piece takes. Where other programs compute
/// too, each wait for a worker that has lost its processor then costs a time slice. The library reads its environment when it is
/// loaded, so in that case the program starts itself anew once.
enum WorkerPatience {
    /// Turns of a waiting loop, about a tenth of a millisecond.
    private static let spins = "2000"

    /// Returns at once when the environment says how to wait, as it does after the new start.
    static func ensure() {
        guard getenv("GOMP_SPINCOUNT") == nil, getenv("OMP_WAIT_POLICY") == nil, isBusy() else { return }
        setenv("GOMP_SPINCOUNT", spins, 1)
        // By its own path, since lists of processes show the last part of it; the link itself serves where that file has gone.
        let image = FileName("/proc/self/exe")
        for name in [image.linkDestination, image] { _ = name?.withCString { execv($0, CommandLine.unsafeArgv) } }
    }

    /// Whether other programs keep processors of this machine busy: some of them ran at each of a few looks.
    private static func isBusy() -> Bool {
        for look in 0..<3 {
            if look > 0 { usleep(1000) }
            // This program itself is one of those that run.
            guard let running = runningTasks(), running > 1 else { return false }
        }
        return true
    }

    /// Tasks that run or could run at this moment: the fourth field of /proc/loadavg is `running/all`.
    private static func runningTasks() -> Int? {
        let fields = InputFile.systemText("/proc/loadavg").split(separator: " ")
        return fields.count > 3 ? Int(fields[3].prefix { $0 != "/" }) : nil
    }
}
