/// What a runner says: the JSON of `Runners/main.py` and of `Runners/harness.c`.
struct RunnerResult: Decodable {
    /// The Python module that is not installed.
    var missing: String?
    /// Why the runtime refused.
    var problem: String?
    var version: String?
    var precision: String?
    /// Rows of the answers: one for each exit, or first one for the exits taken.
    var rows: Int?
    var classes: Int?
    /// A program's own, for every exit but the last.
    var thresholds: [String]?
    /// For one image, by batch.
    var milliseconds: [String: Double]?
}
