import Architectures
import Artifacts
import Diagnostics
import Testing

@Suite struct StudentChoiceTests {
    let image = ArchitectureTests.grey28

    @Test(arguments: [3e6, 5e6, 10e6, 20e6, 40e6])
    func chosenStudentKeepsTheRule(_ budget: Double) throws {
        let teacher = try ArchitectureTests.description("preresnet-20x2")
        let choice = try StudentChoice.choose(teacher: teacher, image: image, classes: 10, targetMACs: budget)
        let chosen = choice.chosen
        #expect(choice.candidates.contains(chosen))
        #expect(Double(chosen.cumulativeMACs[0]) <= 0.6 * budget)
        #expect(Double(chosen.fullDepthMACs) > 1.5 * budget && Double(chosen.fullDepthMACs) < 2.5 * budget)
        #expect(chosen.architecture.widths.allSatisfy { $0 % 8 == 0 })
        #expect(choice.candidates.allSatisfy { $0.fullDepthMACs <= 123_965_056 })
        #expect(choice.candidates.map(\.fullDepthMACs) == choice.candidates.map(\.fullDepthMACs).sorted())
        #expect(try chosen.cumulativeMACs == chosen.architecture.cumulativeMACs(image: image, classes: 10))
        #expect(try ArchitectureDescription(parsing: chosen.architecture.name) == chosen.architecture)
    }

    @Test func laterStagesMayBeWiderThanInProportion() throws {
        let teacher = try ArchitectureTests.description("preresnet-20x2")
        let choice = try StudentChoice.choose(teacher: teacher, image: image, classes: 10, targetMACs: 12e6)
        let names = Set(choice.candidates.map(\.architecture.name))
        #expect(names.isSuperset(of: ["preresnet:widths=16,48,96:blocks=1,2,2", "preresnet:widths=16,64,128:blocks=1,2,2"]))
        #expect(names.count == choice.candidates.count)
        for widths in choice.candidates.map(\.architecture.widths) {
            #expect(zip(widths, teacher.widths).allSatisfy { $0 <= $1 } && widths == widths.sorted(), "\(widths)")
        }
        // Cheap first answers before deep last ones, and others, are worth a short training each.
        let shortlist = choice.shortlist(targetMACs: 12e6, count: 8)
        #expect(shortlist.count == 8 && shortlist[0] == choice.chosen)
        #expect(shortlist.contains { $0.cumulativeMACs[0] < 2_000_000 } && shortlist.contains { $0.fullDepthMACs > 40_000_000 })
    }

    @Test func maximumIsKept() throws {
        let teacher = try ArchitectureTests.description("preresnet-20x2")
        let choice = try StudentChoice.choose(
            teacher: teacher, image: image, classes: 10, targetMACs: 20e6, maxMACs: 25e6)
        #expect(choice.chosen.fullDepthMACs <= 25_000_000)
        #expect(choice.chosen.fullDepthMACs > 15_000_000)
    }

    @Test func aLargeBudgetStopsAtTheTeacher() throws {
        let teacher = try ArchitectureTests.description("preresnet-8")
        let choice = try StudentChoice.choose(teacher: teacher, image: image, classes: 10, targetMACs: 1e9)
        #expect(choice.chosen.architecture == teacher)
    }

    @Test func fewerExitsTakeFewerStages() throws {
        let teacher = try ArchitectureTests.description("preresnet-20x2")
        let choice = try StudentChoice.choose(teacher: teacher, image: image, classes: 10, targetMACs: 10e6, exits: 2)
        #expect(choice.chosen.cumulativeMACs.count == 2)
        #expect(throws: ErdeError.self) {
            try StudentChoice.choose(teacher: teacher, image: image, classes: 10, targetMACs: 10e6, exits: 4)
        }
    }

    /// Every image goes through the whole of a network of one exit.
    @Test func aStudentOfOneExitCostsAtMostTheBudget() throws {
        let teacher = try ArchitectureTests.description("preresnet-20x2:exits=1")
        let choice = try StudentChoice.choose(teacher: teacher, image: image, classes: 10, targetMACs: 20e6)
        let chosen = choice.chosen
        #expect(chosen.cumulativeMACs.count == 1 && chosen.fullDepthMACs <= 20_000_000 && chosen.fullDepthMACs > 10_000_000)
        #expect(choice.candidates.allSatisfy { $0.fullDepthMACs <= chosen.fullDepthMACs || $0.fullDepthMACs > 20_000_000 })
        let shortlist = choice.shortlist(targetMACs: 20e6, count: 4)
        #expect(shortlist.count > 1 && shortlist.allSatisfy { 10_000_000...20_000_000 ~= $0.fullDepthMACs })
        let low = try #require(throws: ErdeError.self) {
            try StudentChoice.choose(teacher: teacher, image: image, classes: 10, targetMACs: 1e5)
        }
        #expect(low.subject == "targetMACs" && low.problem.contains("with one exit"), "\(low)")
    }

    @Test func unreachableBudgetsNameTheSmallest() throws {
        let teacher = try ArchitectureTests.description("preresnet-20x2")
        let low = try #require(throws: ErdeError.self) {
            try StudentChoice.choose(teacher: teacher, image: image, classes: 10, targetMACs: 1e5)
        }
        #expect(low.kind == .usage && low.subject == "targetMACs")
        #expect(low.remedy?.contains("at least 1.626 M MACs") == true, "\(low)")
        let capped = try #require(throws: ErdeError.self) {
            try StudentChoice.choose(teacher: teacher, image: image, classes: 10, targetMACs: 1e7, maxMACs: 1e5)
        }
        #expect(capped.subject == "maxMACs" && capped.remedy?.contains("at least 2.391 M MACs") == true, "\(capped)")
    }

    /// No maximum and no budget helps where the students of another network cost more than the teacher; a narrower one does.
    @Test(arguments: [nil, 2.1e6] as [Double?]) func aTeacherThatIsTheLimitIsNamed(_ maximum: Double?) throws {
        func choose(_ network: String) throws -> StudentChoice {
            try StudentChoice.choose(
                teacher: ArchitectureTests.description(network), image: image, classes: 10, targetMACs: 255_000, maxMACs: maximum,
                teacherMACs: 510_000)
        }
        let error = try #require(throws: ErdeError.self) { try choose("mobilenetv2") }
        #expect(error.kind == .usage && error.subject == "mobilenetv2")
        #expect(error.problem.contains("the teacher itself only 510.0 k MACs"), "\(error)")
        #expect(error.remedy?.contains("at least") == false, "\(error)")
        let advice = try #require(error.remedy?.firstMatch(of: /--student auto:(.+)$/)).output.1
        #expect(try choose(String(advice)).chosen.fullDepthMACs <= 510_000)
    }

    @Test func aBudgetThatTheTeacherDoesNotCostIsNotAdvised() throws {
        // The first exit stands so late that its budget is more than the whole network costs.
        let network = try ArchitectureTests.description("preresnet-20:exits=8,9")
        let all = try StudentChoice.choose(teacher: network, image: image, classes: 10, targetMACs: 1e7)
        let smallest = Double(all.candidates[0].fullDepthMACs)
        let error = try #require(throws: ErdeError.self) {
            try StudentChoice.choose(
                teacher: network, image: image, classes: 10, targetMACs: smallest / 2, teacherMACs: 1.1 * smallest)
        }
        #expect(error.subject == "targetMACs" && error.remedy?.contains("--student") == true, "\(error)")
        #expect(error.remedy?.contains("at least") == false, "\(error)")
    }
}
