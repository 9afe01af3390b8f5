import Diagnostics

/// Under whose eyes thresholds are fitted; nothing here changes the result.
package struct FittingRun {
    /// Told which share of a long search is done, 0…1.
    package var report: (Double) -> Void = { _ in }
    /// Asked every few milliseconds of a long search; true ends it with an error of kind `interrupted`.
    package var shouldStop: () -> Bool = { false }

    package init() {}

    func stopIfAsked() throws(ErdeError) {
        if shouldStop() {
            throw ErdeError(
                .interrupted, "thresholds", "stopped before they were fitted, and none are written",
                remedy: "run the same command again, with --resume where it has that")
        }
    }
}
