/// How a check is run.
package struct CheckSettings: Sendable {
    /// The Python that has the runtimes: a path, or a name to look for.
    package var python: String
    /// The C compiler: a path, or a name to look for.
    package var compiler: String
    /// Seconds that a runtime may take for one file.
    package var timeoutSeconds: Int
    /// Threads of erde and of each runtime.
    package var threads: Int
    /// Where a folder for the exchange with runtimes is made; it is gone afterwards.
    package var temporaryFolder: String
    /// Seconds that each measurement of time lasts, at least one pass.
    package var secondsPerMeasurement: Double

    package init(
        python: String, compiler: String = "cc", timeoutSeconds: Int = 300, threads: Int, temporaryFolder: String = "/tmp",
        secondsPerMeasurement: Double = 1
    ) {
        self.python = python
        self.compiler = compiler
        self.timeoutSeconds = timeoutSeconds
        self.threads = threads
        self.temporaryFolder = temporaryFolder
        self.secondsPerMeasurement = secondsPerMeasurement
    }

    /// Images fed at once when time is measured.
    static let batches = [1, 128]
    /// Images of a pass when time is measured; the images given, repeated where they are fewer.
    static let timedImages = 128
}
