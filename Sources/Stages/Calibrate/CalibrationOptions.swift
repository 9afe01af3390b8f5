package import Artifacts

/// What a caller decides about a calibration.
package struct CalibrationOptions: Sendable {
    package var score = GateScore.entropy
    /// Budgets to fit, in MACs; nil takes the default ones around the target.
    package var budgets: [Double]?
    /// The budget the model is made for; nil takes the largest of `budgets`, or the full depth.
    package var targetMACs: Double?
    /// Points of each accuracy curve.
    package var curvePoints = 33
    /// Early and late images to name, of each kind.
    package var examples = 12
    package var bootstrap = Bootstrap()

    package init() {}
}
