import Artifacts
import Diagnostics
import Inference

/// What a runtime says beside what erde says.
struct Comparison {
    /// The exit that a file of one exit has, counted from 0; nil for one of several.
    let onlyExit: Int?
    let difference: ParityDifference

    /// - Parameters:
    ///   - exit: of a file of one exit, where it is known; else the one whose logits are the nearest.
    ///   - policy: when images leave; nil when nothing is known of that.
    /// - Throws: `ErdeError` of kind `badData` when the file has other exits than the model, or says what is no number.
    init(_ answers: RuntimeAnswers, _ own: OwnAnswers, exit: Int?, policy: ExitPolicy?) throws(ErdeError) {
        guard answers.logits.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw ErdeError(.badData, "logits", "are not all finite")
        }
        let exits = own.logits.exits
        if let taken = answers.exits {
            guard taken.allSatisfy({ 1...exits ~= Int($0) }), answers.logits.count == 1 || answers.logits.count == exits + 1
            else { throw ErdeError(.badData, "exits", "the model has \(exits), the file others") }
            onlyExit = nil
            difference = Comparison.leaving(answers, taken.map { Int($0) - 1 }, own, policy)
        } else if answers.logits.count == 1, exits > 1 || exit != nil {
            let nearest = (0..<exits).min {
                Comparison.largest(answers.logits[0], own.logits.logits[$0])
                    < Comparison.largest(answers.logits[0], own.logits.logits[$1])
            }
            let only = exit ?? nearest ?? 0
            guard 0..<exits ~= only else {
                throw ErdeError(.badData, "exit \(only + 1)", "the model has exits 1 to \(exits)")
            }
            onlyExit = only
            let largest = Comparison.largest(answers.logits[0], own.logits.logits[only])
            difference = ParityDifference(
                largest: largest, largestShare: largest / own.scale,
                otherClasses: (0..<own.logits.count).count {
                    Comparison.label(answers.logits[0], $0, own) != own.logits.prediction(exit: only, image: $0)
                })
        } else {
            guard answers.logits.count == exits else {
                throw ErdeError(.badData, "exits", "the model has \(exits), the file \(answers.logits.count)")
            }
            onlyExit = nil
            difference = Comparison.everyExit(answers, own, policy)
        }
    }

    /// Logits of every exit; where images would leave by them follows from the policy.
    private static func everyExit(
        _ answers: RuntimeAnswers, _ own: OwnAnswers, _ policy: ExitPolicy?
    ) -> ParityDifference {
        let exits = own.logits.exits
        let largest = (0..<exits).reduce(0) { max($0, Self.largest(answers.logits[$1], own.logits.logits[$1])) }
        var difference = ParityDifference(
            largest: largest, largestShare: largest / own.scale,
            otherClasses: (0..<own.logits.count).count { image in
                (0..<exits).contains { label(answers.logits[$0], image, own) != own.logits.prediction(exit: $0, image: image) }
            })
        if let policy, exits > 1 {
            let theirs = ExitLogits(count: own.logits.count, classes: own.logits.classes, logits: answers.logits)
            difference.count(exits: theirs.exits(under: policy), own, policy)
        }
        return difference
    }

    /// Answers at the exits taken, and, of programs, the logits of every exit.
    private static func leaving(
        _ answers: RuntimeAnswers, _ taken: [Int], _ own: OwnAnswers, _ policy: ExitPolicy?
    ) -> ParityDifference {
        let classes = own.logits.classes
        let ownExits = policy.map(own.logits.exits(under:)) ?? taken
        var largest = 0.0
        var otherClasses = 0
        for (image, exit) in taken.enumerated() {
            let place = image * classes..<(image + 1) * classes
            largest = max(
                largest, Self.largest(answers.logits[0][place], own.logits.row(exit: exit, image: image)))
            if label(answers.logits[0], image, own) != own.logits.prediction(exit: ownExits[image], image: image) {
                otherClasses += 1
            }
        }
        for exit in 1..<max(1, answers.logits.count) {
            largest = max(largest, Self.largest(answers.logits[exit], own.logits.logits[exit - 1]))
        }
        var difference = ParityDifference(largest: largest, largestShare: largest / own.scale, otherClasses: otherClasses)
        if let policy { difference.count(exits: taken, own, policy) }
        return difference
    }

    private static func largest(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Double {
        precondition(a.count == b.count, "\(a.count) and \(b.count) logits")
        return zip(a, b).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
    }

    /// The class with the largest logit, the first of equals.
    private static func label(_ logits: [Float], _ image: Int, _ own: OwnAnswers) -> Int32 {
        let classes = own.logits.classes
        var best = image * classes
        for index in image * classes..<(image + 1) * classes where logits[index] > logits[best] { best = index }
        return Int32(best - image * classes)
    }
}

extension ParityDifference {
    /// Rounding of the score itself, in float32 where erde has double precision.
    private static let scoreRounding = 1e-5

    /// Counts the images that took another exit than erde's, and those of them with a score, on the way, so near a threshold
    /// that a difference of the logits as large as was found can move it over.
    fileprivate mutating func count(exits taken: [Int], _ own: OwnAnswers, _ policy: ExitPolicy) {
        let reach = largest * policy.score.largestSlope(classes: own.logits.classes) + Self.scoreRounding
        var others = 0
        var near = 0
        for (image, exit) in own.logits.exits(under: policy).enumerated() where taken[image] != exit {
            others += 1
            // At the shallower of the two exits one stayed and the other left.
            let gate = min(exit, taken[image])
            let score = policy.score.value(of: own.logits.row(exit: gate, image: image))
            if abs(score - policy.thresholds[gate]) <= reach { near += 1 }
        }
        otherExits = others
        otherExitsNearThreshold = near
    }
}
