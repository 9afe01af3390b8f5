/// What one runtime, with one setting, makes of an exported file.
package struct RuntimeParity: Hashable, Sendable, Codable {
    package enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
        /// Logits within the tolerance, and images leave elsewhere only where rounding explains it.
        case agrees
        case differs
        /// It computed in less than float32 by its own choice, so that logits say nothing of the file.
        case reducedPrecision
        /// It is not installed.
        case notFound
        /// It refused the file, crashed, or gave no answer in time.
        case failed

        /// Whether a check that meets this has not passed.
        package var isDisagreement: Bool { self == .differs || self == .failed }
    }

    package var runtime: String
    /// The setting that it was run with beside its own, `NAME=VALUE`.
    package var setting: String?
    /// What to install where it is missing, as pip or apt call it.
    package var package: String
    package var version: String?
    /// What it says that it computed in.
    package var precision: String?
    package var verdict: Verdict
    /// Why it failed or differs, or what to set.
    package var remark: String?
    package var difference: ParityDifference?
    package var milliseconds: [BatchTime]

    package init(
        runtime: String, setting: String? = nil, package: String, version: String? = nil, precision: String? = nil,
        verdict: Verdict, remark: String? = nil, difference: ParityDifference? = nil, milliseconds: [BatchTime] = []
    ) {
        self.runtime = runtime
        self.setting = setting
        self.package = package
        self.version = version
        self.precision = precision
        self.verdict = verdict
        self.remark = remark
        self.difference = difference
        self.milliseconds = milliseconds
    }
}
