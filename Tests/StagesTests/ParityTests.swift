import Artifacts
import Glibc
import Tensors
import Testing

/// What a check allows for.
@Suite struct ParityTests {
    /// No score moves more than the slope says, whatever the logits, and some nearly do.
    @Test(arguments: GateScore.allCases, [2, 3, 10, 100]) func scoresMoveNoMoreThanTheirSlope(score: GateScore, classes: Int) {
        var random = RandomGenerator(seed: 7)
        let slope = score.largestSlope(classes: classes)
        var steepest = 0.0
        for _ in 0..<4000 {
            // From equal shares to one sure class with the rest alike, where the entropy is steepest.
            let sure = Float(random.uniform()) * 12
            let step = Float(0.01)
            let logits = (0..<classes).map { ($0 == 0 ? sure : 0) + Float(random.uniform()) * 0.2 }
            let moved = logits.enumerated().map { $1 + ($0 == 0 ? -step : (random.uniform() < 0.9 ? step : -step)) }
            let change = abs(score.value(of: moved) - score.value(of: logits)) / Double(step)
            steepest = max(steepest, change)
            // Logits are rounded to float32, which a small step feels.
            #expect(change <= slope + 1e-3)
        }
        #expect(steepest > 0.3 * slope)
    }

    @Test func everyBoundCounts() {
        func difference(_ share: Double, classes: Int = 0, exits: Int? = nil, near: Int? = nil) -> ParityDifference {
            ParityDifference(
                largest: 20 * share, largestShare: share, otherClasses: classes, otherExits: exits, otherExitsNearThreshold: near)
        }
        let float = ParityTolerance.float32
        #expect(float.accepts(difference(1e-4), images: 100))
        #expect(!float.accepts(difference(1.1e-4), images: 100))
        #expect(float.accepts(difference(1e-5, classes: 100), images: 100))
        #expect(float.accepts(difference(1e-5, exits: 2, near: 2), images: 100))
        #expect(!float.accepts(difference(1e-5, exits: 2, near: 1), images: 100))
        #expect(!float.accepts(difference(.nan), images: 100))
        let int8 = ParityTolerance.int8
        #expect(int8.accepts(difference(0.05, classes: 1), images: 100))
        #expect(!int8.accepts(difference(0.05, classes: 2), images: 100))
        #expect(!int8.accepts(difference(0.2), images: 100))
        let rounded = ParityTolerance.int8RoundedElsewhere
        #expect(rounded.accepts(difference(0.05, classes: 5), images: 100))
        #expect(!rounded.accepts(difference(0.05, classes: 6), images: 100))
    }
}
