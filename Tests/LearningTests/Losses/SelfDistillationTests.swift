import Artifacts
import CPUEngine
import Diagnostics
import Glibc
import Graphs
import Losses
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// Self-distillation against PyTorch's values, and against the known methods that it comes to.
@Suite struct SelfDistillationTests {
    static let close = LossPropertyTests.close

    static func goldens() throws -> [LossGolden] { try LossGoldens.load().losses.filter { $0.name == "mate" } }

    static func problem(_ golden: LossGolden) throws -> LossProblem {
        var recipe = DistillationRecipe()
        recipe.method = .mate
        recipe.mate.temperature = golden.options.temperature
        recipe.mate.lambda = golden.options.lambda
        recipe.mate.rho = golden.options.rho
        recipe.mate.eta = golden.options.eta
        recipe.mate.mu = golden.options.mu
        var problem = LossProblem(
            recipe: recipe, student: golden.studentLogits, teacher: [], labels: golden.labels)
        problem.ramp = golden.options.ramp ?? 1
        problem.weightLogits = golden.teacherWeightLogits
        return problem
    }

    static func random(
        _ method: DistillationRecipe.Method, exits: Int = 3, _ change: (inout DistillationRecipe) -> Void = { _ in }
    ) -> LossProblem {
        .random(
            LossPropertyTests.recipe {
                $0.method = method
                change(&$0)
            }, exits: exits, teacherExits: method.learnsFromTeacher ? exits : 0)
    }

    /// Softmax of `logits / temperature`, in logarithms.
    static func logSoftmax(_ logits: [Double], temperature: Double) -> [Double] {
        let soft = logits.map { $0 / temperature }
        let total = log(soft.reduce(0) { $0 + exp($1) })
        return soft.map { $0 - total }
    }

    /// T² times the mean over images of KL(softmax(a/T) ‖ softmax(z/T)).
    static func divergence(of a: [[Double]], from z: [[Double]], temperature: Double) -> Double {
        let perImage = zip(a, z).map { a, z in
            let (p, q) = (logSoftmax(a, temperature: temperature), logSoftmax(z, temperature: temperature))
            return zip(p, q).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
        }
        return temperature * temperature * perImage.reduce(0, +) / Double(perImage.count)
    }

    static func crossEntropy(_ problem: LossProblem) throws -> Double {
        var plain = problem
        plain.recipe = LossPropertyTests.recipe { $0.method = .ce }
        return try plain.evaluate().loss
    }

    @Test func onlyNetworksThatLearnFromThemselvesHaveSettings() {
        for method in DistillationRecipe.Method.allCases {
            var recipe = DistillationRecipe()
            recipe.method = method
            #expect((SelfDistillation(recipe, exits: 3) != nil) == method.learnsFromItself)
            #expect(SelfDistillation(recipe, exits: 1) == nil)
        }
    }

    // MARK: Goldens

    @Test func thereAreNine() throws { #expect(try Self.goldens().count == 9) }

    @Test func bothEnginesGiveTheGoldens() throws {
        let exact = Tolerance(absolute: 1e-9, relative: 1e-9, reason: "double precision, other order of sums")
        let single = Tolerance(absolute: 2e-5, relative: 1e-5, reason: "float32 logits of size 10, differences of logarithms")
        for (index, golden) in try Self.goldens().enumerated() {
            let problem = try Self.problem(golden)
            for (name, result, tolerance) in [
                ("reference", try problem.evaluate(), exact), ("cpu", try problem.run(on: CPUEngine()), single),
            ] {
                expectClose([result.loss], [golden.loss], tolerance, "\(index) \(name) loss")
                for (exit, expected) in golden.studentLogitGradients.enumerated() {
                    expectClose(result.gradients[exit], expected.flatMap { $0 }, tolerance, "\(index) \(name) exit \(exit)")
                }
                let weights = try #require(golden.teacherWeightGradients).flatMap { $0 }
                expectClose(try #require(result.weightGradient), weights, tolerance, "\(index) \(name) weights")
            }
        }
    }

    @Test func partsAreTheGoldens() throws {
        let exact = Tolerance(absolute: 1e-9, relative: 1e-9, reason: "double precision, other order of sums")
        for golden in try Self.goldens() {
            var student = try Self.problem(golden)
            student.recipe.mate.mu = 0
            expectClose([try student.evaluate().loss], [try #require(golden.studentPart)], exact)
            var weighted = student
            weighted.recipe.mate.mu = 1
            let part = try weighted.evaluate().loss - student.evaluate().loss
            expectClose([part], [try #require(golden.weightPart)], exact)
        }
    }

    // MARK: Gradients

    /// Neither loss reaches the other's variables: the exits' gradient is that of the loss without `L_weights`, and the
    /// weights' gradient is that of `L_weights` alone, both by differences.
    @Test(arguments: [DistillationRecipe.Method.mate, .erdeMate]) func gradientsAreIsolated(
        _ method: DistillationRecipe.Method
    ) throws {
        var problem = Self.random(method) {
            $0.mate.eta = 0.3
            $0.mate.mu = 0.8
            $0.mate.rho = 0.6
        }
        problem.ramp = 0.4
        problem.weightLogits = [[0.2, 1.1, -0.3], [0, 0.1, 0.9], [-0.4, 0.3, 1]]
        problem.labelSmoothing = 0.1
        let result = try problem.evaluate()

        // By every weight, with the loss of the exits left out: its ensembles are detached.
        var ofWeights = problem
        ofWeights.recipe.alpha = 0
        ofWeights.recipe.beta = 0
        ofWeights.recipe.gamma = 0
        ofWeights.recipe.mate.lambda = 0
        let differences = try (0..<9).map { place in
            var (up, down) = (ofWeights, ofWeights)
            up.weightLogits![place / 3][place % 3] += 1e-5
            down.weightLogits![place / 3][place % 3] -= 1e-5
            return try (up.evaluate().loss - down.evaluate().loss) / 2e-5
        }
        expectClose(try #require(result.weightGradient), differences, LossPropertyTests.differences)
        #expect(try ofWeights.evaluate().gradients.allSatisfy { $0.allSatisfy { $0 == 0 } })

        // By every logit, with the ensembles held where they are: they are what another problem of the same logits makes.
        var ofExits = problem
        ofExits.recipe.mate.mu = 0
        let alone = try ofExits.evaluate()
        expectClose(alone.gradients.flatMap { $0 }, result.gradients.flatMap { $0 }, Self.close)
        #expect(try #require(alone.weightGradient).allSatisfy { $0 == 0 })
        for exit in 0..<3 {
            let teachers = try Self.detachedEnsembles(ofExits)
            for image in 0..<4 {
                for position in 0..<5 {
                    func loss(_ offset: Double) throws -> Double {
                        var moved = ofExits
                        moved.student[exit][image][position] += offset
                        moved.recipe.mate.lambda = 0
                        let mask = try Self.kept(ofExits, exit: exit, image: image)
                        let z = [moved.student[exit][image]]
                        let weights = (0..<3).map { $0 == exit ? 0.6 : 0.2 }
                        let own = (0..<3).reduce(0.0) {
                            $0 + weights[$1] * Self.divergence(of: [teachers[$1][image]], from: z, temperature: 3)
                        }
                        let lambda = method == .mate ? 1 : 0.5
                        return try moved.evaluate().loss + lambda * 0.4 * mask * own / 4
                    }
                    let slope = try (loss(1e-5) - loss(-1e-5)) / 2e-5
                    expectClose(
                        [result.gradients[exit][image * 5 + position]], [slope], LossPropertyTests.differences,
                        "exit \(exit) image \(image)")
                }
            }
        }
    }

    /// `t_j` by ensemble, image, class, of the weights' softmax, written out.
    static func detachedEnsembles(_ problem: LossProblem) throws -> [[[Double]]] {
        try #require(problem.weightLogits).map { row in
            let weights = logSoftmax(row, temperature: 1).map { exp($0) }
            return problem.labels.indices.map { image in
                problem.student[0][0].indices.map { position in
                    problem.student.indices.reduce(0) { $0 + weights[$1] * problem.student[$1][image][position] }
                }
            }
        }
    }

    /// 1 where an exit keeps an image's self-distillation: where the teacher is right, with ERDE.
    static func kept(_ problem: LossProblem, exit: Int, image: Int) throws -> Double {
        guard problem.recipe.method == .erdeMate, exit < problem.student.count - 1 else { return 1 }
        let logits = problem.teacher[exit][image]
        return logits.firstIndex(of: try #require(logits.max())) == Int(problem.labels[image]) ? 1 : 0
    }

    // MARK: Reductions

    @Test(arguments: [DistillationRecipe.Method.mate, .eed, .beed, .byot, .dks]) func oneExitLearnsFromLabelsAlone(
        _ method: DistillationRecipe.Method
    ) throws {
        let problem = Self.random(method, exits: 1)
        expectClose([try problem.evaluate().loss], [try Self.crossEntropy(problem)], Self.close)
        #expect(try problem.built.parameters.tensors.isEmpty)
    }

    @Test func erdeMateOfOneExitIsERDE() throws {
        let problem = Self.random(.erdeMate, exits: 1)
        var erde = problem
        erde.recipe.method = .erde
        expectClose([try problem.evaluate().loss], [try erde.evaluate().loss], Self.close)
    }

    @Test func nothingOfItselfIsTheMethodAround() throws {
        for (method, around) in [(DistillationRecipe.Method.mate, DistillationRecipe.Method.ce), (.erdeMate, .erde)] {
            let problem = Self.random(method) {
                $0.mate.lambda = 0
                $0.mate.mu = 0
            }
            var plain = problem
            plain.recipe.method = around
            let (result, expected) = (try problem.evaluate(), try plain.evaluate())
            expectClose([result.loss], [expected.loss], Self.close)
            expectClose(result.gradients.flatMap { $0 }, expected.gradients.flatMap { $0 }, Self.close)
        }
    }

    /// Frozen at U = 0, the learned ensembles are exit-ensemble distillation.
    @Test func equalWeightsAreTheMeanOfAllExits() throws {
        let eed = Self.random(.eed)
        var mate = Self.random(.mate) { $0.mate.mu = 0 }
        mate.weightLogits = Array(repeating: [0, 0, 0], count: 3)
        let (result, expected) = (try eed.evaluate(), try mate.evaluate())
        expectClose([result.loss], [expected.loss], Self.close)
        expectClose(result.gradients.flatMap { $0 }, expected.gradients.flatMap { $0 }, Self.close)
        let mean = eed.labels.indices.map { image in
            eed.student[0][0].indices.map { place in (0..<3).reduce(0) { $0 + eed.student[$1][image][place] / 3 } }
        }
        let own = eed.student.reduce(0) { $0 + Self.divergence(of: mean, from: $1, temperature: 3) }
        expectClose([result.loss], [try Self.crossEntropy(eed) + own], Self.close)
    }

    @Test func deeperExitsWeighMoreInBEED() throws {
        let problem = Self.random(.beed)
        let total = 1 + 1.6 + 2.56
        let ensemble = problem.labels.indices.map { image in
            problem.student[0][0].indices.map { place in
                let logits = problem.student.map { $0[image][place] }
                return (logits[0] + 1.6 * logits[1] + 2.56 * logits[2]) / total
            }
        }
        let own = problem.student.reduce(0) { $0 + Self.divergence(of: ensemble, from: $1, temperature: 3) }
        expectClose([try problem.evaluate().loss], [try Self.crossEntropy(problem) + own], Self.close)
    }

    @Test func theLastExitTeachesInBYOT() throws {
        let problem = Self.random(.byot)
        let last = problem.student[2]
        let own = problem.student.reduce(0) { $0 + Self.divergence(of: last, from: $1, temperature: 3) }
        expectClose([try problem.evaluate().loss], [try Self.crossEntropy(problem) + own], Self.close)
        // It learns nothing from itself.
        var plain = problem
        plain.recipe.method = .ce
        expectClose(try problem.evaluate().gradients[2], try plain.evaluate().gradients[2], Self.close)
    }

    @Test func everyExitTeachesEveryOtherInDKS() throws {
        for exits in [2, 3, 4] {
            let problem = Self.random(.dks, exits: exits)
            var own = 0.0
            for i in 0..<exits {
                for j in 0..<exits where i != j {
                    own += Self.divergence(of: problem.student[j], from: problem.student[i], temperature: 1)
                }
            }
            expectClose([try problem.evaluate().loss], [try Self.crossEntropy(problem) + own], Self.close)
        }
    }

    @Test func relativesAreSettingsOfOneMethod() throws {
        for (method, change) in [
            (.eed, { $0.mate.ensembles = .uniform }), (.beed, { $0.mate.ensembles = .geometric }),
            (.byot, { $0.mate.ensembles = .last }),
            (
                .dks,
                {
                    $0.mate.ensembles = .identity
                    $0.mate.rho = 0
                    $0.mate.lambda = 2
                    $0.mate.temperature = 1
                }
            ),
        ] as [(DistillationRecipe.Method, (inout DistillationRecipe) -> Void)] {
            let (relative, setting) = (Self.random(method), Self.random(.mate, change))
            expectClose([try relative.evaluate().loss], [try setting.evaluate().loss], Self.close, "\(method)")
        }
    }

    /// With every kept image the mask changes nothing; with a teacher that is always wrong only the last exit learns from
    /// the ensembles.
    @Test func theMaskOfERDERemovesSelfDistillation() throws {
        func own(_ change: (inout LossProblem) -> Void) throws -> [[Double]] {
            var problem = Self.random(.erdeMate)
            change(&problem)
            var without = problem
            without.recipe.mate.lambda = 0
            let (with, bare) = (try problem.evaluate().gradients, try without.evaluate().gradients)
            return zip(with, bare).map { zip($0, $1).map { $0 - $1 } }
        }
        func answers(_ problem: inout LossProblem, shift: Int32) {
            for exit in 0..<3 {
                for (image, label) in problem.labels.enumerated() {
                    problem.teacher[exit][image] = (0..<5).map { Int32($0) == (label + shift) % 5 ? 9 : 0 }
                }
            }
        }
        let right = try own { answers(&$0, shift: 0) }
        let wrong = try own { answers(&$0, shift: 1) }
        let kept = try own {
            answers(&$0, shift: 1)
            $0.recipe.keepsDistillationWhereWrong = true
        }
        #expect(right.allSatisfy { $0.contains { abs($0) > 1e-6 } })
        #expect(wrong[0].allSatisfy { abs($0) < 1e-12 } && wrong[1].allSatisfy { abs($0) < 1e-12 })
        expectClose(wrong[2], right[2], Self.close)
        for exit in 0..<3 { expectClose(kept[exit], right[exit], Self.close) }
    }

    @Test(arguments: [DistillationRecipe.Method.mate, .erdeMate, .eed, .beed, .byot, .dks]) func extremeLogitsStayFinite(
        _ method: DistillationRecipe.Method
    ) throws {
        var problem = Self.random(method)
        for exit in 0..<3 {
            for image in 0..<4 {
                for place in 0..<5 { problem.student[exit][image][place] = (exit + image + place) % 3 == 0 ? 100 : -100 }
            }
        }
        for result in [try problem.evaluate(), try problem.run(on: CPUEngine())] {
            #expect(result.loss.isFinite && result.gradients.allSatisfy { $0.allSatisfy(\.isFinite) })
            #expect(result.weightGradient?.allSatisfy(\.isFinite) ?? true)
        }
    }

    // MARK: Weights and ramp

    @Test func weightsAreRowsThatSumToOne() throws {
        let start = EnsembleWeights(logits: EnsembleWeights.initialLogits(exits: 3))
        let e = exp(1.0)
        let (most, least) = (e / (e + 2), 1 / (e + 2))
        let expected = [[least, most, least], [least, least, most], [least, least, most]]
        expectClose(start.rows.flatMap { $0 }, expected.flatMap { $0 }, Self.close)
        let uniform = try #require(EnsembleWeights(frozen: .uniform, exits: 4))
        expectClose(uniform.entropies, [Double](repeating: log(4), count: 4), Self.close)
        #expect(try #require(EnsembleWeights(frozen: .last, exits: 3)).entropies == [0, 0, 0])
        #expect(try #require(EnsembleWeights(frozen: .identity, exits: 2)).rows == [[1, 0], [0, 1]])
        #expect(EnsembleWeights(frozen: .learned, exits: 3) == nil)
        let sums = try #require(EnsembleWeights(frozen: .geometric, exits: 5)).rows.map { $0.reduce(0, +) }
        expectClose(sums, [1, 1, 1, 1, 1], Self.close)
    }

    /// Descending on the weights alone, with the exits as they are: without eta all ensembles become one, and with it each
    /// stays nearer to its own exit.
    @Test func etaKeepsEnsemblesApart() throws {
        let golden = try #require(Self.goldens().first)
        func trained(eta: Double) throws -> [[Double]] {
            var problem = try Self.problem(golden)
            problem.recipe.mate = MATERecipe()
            problem.recipe.mate.eta = eta
            problem.weightLogits = [[0, 1, 0], [0, 0, 1], [0, 0, 1]]
            for _ in 0..<200 {
                let slope = try #require(try problem.evaluate().weightGradient)
                for place in 0..<9 { problem.weightLogits![place / 3][place % 3] -= 0.5 * slope[place] }
            }
            return try #require(problem.weightLogits).map { Self.logSoftmax($0, temperature: 1).map { exp($0) } }
        }
        func spread(_ rows: [[Double]]) -> Double {
            (0..<3).map { exit in rows.map { $0[exit] }.max()! - rows.map { $0[exit] }.min()! }.max()!
        }
        let (alike, apart) = (try trained(eta: 0), try trained(eta: 1))
        #expect(spread(alike) < 0.001, "\(alike)")
        #expect(spread(apart) > 0.5, "\(apart)")
        for exit in 0..<3 { #expect(apart[exit][exit] > alike[exit][exit]) }
    }

    @Test func theRampRisesOverItsShareOfTheEpochs() throws {
        let mate = try #require(SelfDistillation(LossPropertyTests.recipe { $0.method = .mate }, exits: 3))
        #expect(mate.ramp(epoch: 0, of: 100) == exp(-5))
        expectClose([mate.ramp(epoch: 13.5, of: 100)], [exp(-1.25)], Self.close)
        #expect(mate.ramp(epoch: 27, of: 100) == 1 && mate.ramp(epoch: 99, of: 100) == 1)
        let ramps = (0...40).map { mate.ramp(epoch: Double($0) / 4, of: 20) }
        #expect(zip(ramps, ramps.dropFirst()).allSatisfy { $0 <= $1 })
        let eed = try #require(SelfDistillation(LossPropertyTests.recipe { $0.method = .eed }, exits: 3))
        #expect(eed.ramp(epoch: 0, of: 10) == 1)
    }
}
