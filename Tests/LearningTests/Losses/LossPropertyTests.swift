import Artifacts
import Diagnostics
import Glibc
import Graphs
import Losses
import Tensors
import TestSupport
import Testing

@Suite struct LossPropertyTests {
    static let close = Tolerance(absolute: 1e-12, relative: 1e-12, reason: "double precision, other order of sums")
    static let differences = Tolerance(absolute: 1e-7, relative: 1e-6, reason: "central differences of step 1e-5")

    static func recipe(_ change: (inout DistillationRecipe) -> Void) -> DistillationRecipe {
        var recipe = DistillationRecipe()
        change(&recipe)
        return recipe
    }

    /// Every switch away from its default, and some together.
    static let recipes: [DistillationRecipe] = [
        recipe { $0.method = .ce },
        recipe { $0.method = .kd },
        recipe { _ in },
        recipe {
            $0.alpha = 0.3; $0.beta = 0.7; $0.gamma = 2; $0.temperature = 1.5
        },
        recipe { $0.exitWeights = [0.2, 1, 3] },
        recipe { $0.teacherExit = .final },
        recipe { $0.wrongRule = .final },
        recipe {
            $0.wrongRule = .either; $0.teacherExit = .final
        },
        recipe { $0.keepsDistillationWhereWrong = true },
        recipe { $0.keepsCrossEntropyWhereWrong = false },
        recipe {
            $0.entropyAtLastExit = true; $0.keepsCrossEntropyWhereWrong = false
        },
        recipe { $0.entropyForm = .klFromUniform },
        recipe {
            $0.entropyForm = .normalized; $0.entropyAtLastExit = true
        },
    ]

    @Test(arguments: recipes) func gradientsAreTheDifferences(_ recipe: DistillationRecipe) throws {
        for teacherExits in [1, 3, 4] {
            var problem = LossProblem.random(
                recipe, teacherExits: teacherExits, images: 3, classes: 4, seed: UInt64(teacherExits))
            problem.labelSmoothing = 0.1
            let result = try problem.evaluate()
            for (exit, expected) in try problem.finiteDifferences().enumerated() {
                expectClose(result.gradients[exit], expected, Self.differences, "exit \(exit) of \(recipe)")
            }
        }
    }

    @Test(arguments: recipes) func extremeLogitsStayFinite(_ recipe: DistillationRecipe) throws {
        var problem = LossProblem.random(recipe)
        for exit in 0..<3 {
            for image in 0..<4 {
                for position in 0..<5 {
                    problem.student[exit][image][position] = (exit + image + position) % 3 == 0 ? 100 : -100
                    problem.teacher[exit][image][position] = (exit + 2 * image + position) % 2 == 0 ? 100 : -100
                }
            }
        }
        let result = try problem.evaluate()
        #expect(result.loss.isFinite)
        #expect(result.gradients.allSatisfy { $0.allSatisfy(\.isFinite) })
    }

    @Test func erdeWithoutItsTermsIsCrossEntropy() throws {
        let plain = try LossProblem.random(Self.recipe { $0.method = .ce }).evaluate()
        let reduced = try LossProblem.random(
            Self.recipe {
                $0.beta = 0; $0.gamma = 0
            }
        ).evaluate()
        expectClose([reduced.loss], [plain.loss], Self.close)
        expectClose(reduced.gradients.flatMap { $0 }, plain.gradients.flatMap { $0 }, Self.close)
    }

    @Test func erdeThatKeepsEverythingIsDistillation() throws {
        let plain = try LossProblem.random(Self.recipe { $0.method = .kd }).evaluate()
        let reduced = try LossProblem.random(
            Self.recipe {
                $0.gamma = 0; $0.keepsDistillationWhereWrong = true
            }
        ).evaluate()
        expectClose([reduced.loss], [plain.loss], Self.close)
        expectClose(reduced.gradients.flatMap { $0 }, plain.gradients.flatMap { $0 }, Self.close)
    }

    @Test func aTeacherThatIsNeverWrongMakesErdeDistillation() throws {
        var erde = LossProblem.random(Self.recipe { $0.gamma = 5 })
        for exit in 0..<3 { for image in 0..<4 { erde.teacher[exit][image][Int(erde.labels[image])] = 20 } }
        var kd = erde
        kd.recipe.method = .kd
        expectClose([try erde.evaluate().loss], [try kd.evaluate().loss], Self.close)
    }

    @Test func aStudentLikeItsTeacherHasNoDivergence() throws {
        var problem = LossProblem.random(
            Self.recipe {
                $0.method = .kd; $0.alpha = 0
            })
        problem.student = problem.teacher
        let result = try problem.evaluate()
        expectClose([result.loss], [0], Self.close)
        expectClose(result.gradients.flatMap { $0 }, [Double](repeating: 0, count: 60), Self.close)
    }

    @Test func uniformLogitsHaveKnownLosses() throws {
        var problem = LossProblem.random(Self.recipe { $0.method = .ce })
        problem.student = problem.student.map { $0.map { $0.map { _ in 3 } } }
        expectClose([try problem.evaluate().loss], [3 * log(5)], Self.close)
        problem.labelSmoothing = 0.3
        expectClose([try problem.evaluate().loss], [3 * log(5)], Self.close)
    }

    @Test func labelSmoothingPullsTowardsItsTarget() throws {
        // One image whose softmax is the smoothed target itself: no gradient.
        let target = [0.9 + 0.1 / 4, 0.1 / 4, 0.1 / 4, 0.1 / 4]
        var problem = LossProblem(
            recipe: Self.recipe { $0.method = .ce }, student: [[target.map { log($0) }]], teacher: [], labels: [0])
        problem.labelSmoothing = 0.1
        let result = try problem.evaluate()
        expectClose(result.gradients[0], [0, 0, 0, 0], Self.close)
        expectClose([result.loss], [-target.reduce(0) { $0 + $1 * log($1) }], Self.close)
    }

    @Test func entropyLossRestsAtThePublishedPoint() throws {
        // With the cross-entropy kept, an image that the teacher gets wrong settles at p_y = 0.68 (K = 10, gamma = 0.5).
        let (label, rest) = (log(0.68), log(0.32 / 9))
        let logits = [label] + [Double](repeating: rest, count: 9)
        let wrong = [0, 5] + [Double](repeating: 0, count: 8)
        let problem = LossProblem(
            recipe: Self.recipe { _ in }, student: [[logits], [logits]], teacher: [[wrong], [wrong]], labels: [0])
        #expect(try problem.evaluate().gradients[0].allSatisfy { abs($0) < 5e-3 })
    }

    @Test func nearestTeacherExits() {
        func map(_ students: Int, _ teachers: Int) -> [Int] {
            (0..<students).map {
                DistillationRecipe.TeacherExit.nearest.index(studentExit: $0, studentExits: students, teacherExits: teachers)
            }
        }
        #expect(map(3, 3) == [0, 1, 2])
        #expect(map(2, 4) == [1, 3])
        #expect(map(4, 2) == [0, 0, 1, 1])
        #expect(map(3, 1) == [0, 0, 0])
        #expect(map(1, 5) == [4])
        #expect(map(5, 3) == [0, 0, 1, 1, 2])
        #expect(DistillationRecipe.TeacherExit.final.index(studentExit: 0, studentExits: 3, teacherExits: 4) == 3)
    }

    @Test func recipesThatDoNotFitAreUsageErrors() throws {
        let weights = try #require(throws: ErdeError.self) {
            try LossProblem.random(Self.recipe { $0.exitWeights = [1, 2] }).graph
        }
        #expect(weights.kind == .usage && weights.subject == "exitWeights")
        let alone = try #require(throws: ErdeError.self) {
            try LossProblem.random(Self.recipe { $0.method = .kd }, teacherExits: 0).graph
        }
        #expect(alone.kind == .usage && alone.subject == "method")
    }
}
