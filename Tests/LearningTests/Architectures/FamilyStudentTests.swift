import Architectures
import Artifacts
import Testing

/// The students that families offer.
@Suite struct FamilyStudentTests {
    let image = ImageFormat(channels: 1, height: 28, width: 28)

    @Test(arguments: [
        ("vgg11", 12), ("mobilenetv2", 12), ("densenet-40-12", 12), ("msdnet:layers=10", 12), ("wrn-16-2", 12),
        ("vgg11:exits=4", 6), ("msdnet:layers=10:exits=3,10", 8), ("preresnet-20:exits=2,5,9", 8),
    ]) func areSmallerAndKeepTheRule(_ name: String, _ least: Int) throws {
        let teacher = try ArchitectureDescription(parsing: name)
        let macs = try teacher.cumulativeMACs(image: image, classes: 10)
        let full = try #require(macs.last)
        let budget = Double(full) / 8
        let choice = try StudentChoice.choose(teacher: teacher, image: image, classes: 10, targetMACs: budget)
        #expect(choice.candidates.count >= least, "\(choice.candidates.count) candidates")
        #expect(choice.candidates.contains { $0.architecture == teacher })
        #expect(choice.candidates.contains(choice.chosen))
        #expect(choice.candidates.allSatisfy { $0.fullDepthMACs <= full && $0.architecture.family == teacher.family })
        #expect(choice.candidates.allSatisfy { $0.cumulativeMACs.count == macs.count })
        #expect(choice.candidates.map(\.fullDepthMACs) == choice.candidates.map(\.fullDepthMACs).sorted())
        #expect(Double(choice.chosen.cumulativeMACs[0]) <= StudentChoice.firstExitShare * budget)
        #expect(0.5...1.5 ~= Double(choice.chosen.fullDepthMACs) / (StudentChoice.fullDepthBudgets * budget), "\(choice.chosen)")
        for candidate in choice.candidates {
            #expect(try ArchitectureDescription(parsing: candidate.architecture.name) == candidate.architecture)
        }
    }

    @Test(arguments: ["vgg11", "mobilenetv2", "densenet-40-12", "msdnet:layers=10"]) func fewerExitsEndEarlier(
        _ name: String
    ) throws {
        let teacher = try ArchitectureDescription(parsing: name)
        let macs = try teacher.cumulativeMACs(image: image, classes: 10)
        let choice = try StudentChoice.choose(
            teacher: teacher, image: image, classes: 10, targetMACs: Double(macs[1]) / 4, exits: 2)
        #expect(choice.candidates.contains(choice.chosen))
        #expect(choice.candidates.allSatisfy { $0.cumulativeMACs.count == 2 })
    }

    /// Exits late in a deep network come together in a shallow one.
    @Test func studentsTooShallowForTheExitsAreLeftOut() throws {
        let teacher = try ArchitectureDescription(parsing: "preresnet-20:exits=8,9")
        let choice = try StudentChoice.choose(teacher: teacher, image: image, classes: 10, targetMACs: 1e7)
        #expect(choice.candidates.contains { $0.architecture == teacher })
        #expect(choice.candidates.allSatisfy { $0.cumulativeMACs.count == 2 })
    }
}
