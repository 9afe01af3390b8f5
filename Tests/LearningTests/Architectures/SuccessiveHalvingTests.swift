import Architectures
import Artifacts
import Testing

@Suite struct SuccessiveHalvingTests {
    typealias Round = SuccessiveHalving.Round

    @Test func everyRoundCostsTheSame() {
        let halving = SuccessiveHalving(candidates: 8, images: 2400, fewest: 100)
        #expect(
            halving.rounds == [
                Round(candidates: 8, images: 100), Round(candidates: 4, images: 200), Round(candidates: 2, images: 400),
            ])
        let odd = SuccessiveHalving(candidates: 5, images: 3000, fewest: 1)
        #expect(odd.rounds.map(\.candidates) == [5, 3, 2])
        #expect(odd.rounds.allSatisfy { $0.candidates * $0.images <= 1000 && $0.candidates * ($0.images + 1) > 1000 })
    }

    @Test func fewerCandidatesWhereImagesAreFew() {
        #expect(SuccessiveHalving(candidates: 8, images: 2399, fewest: 100).rounds.first == Round(candidates: 7, images: 114))
        #expect(SuccessiveHalving(candidates: 8, images: 200, fewest: 100).rounds == [Round(candidates: 2, images: 100)])
        #expect(SuccessiveHalving(candidates: 8, images: 199, fewest: 100).rounds.isEmpty)
        #expect(SuccessiveHalving(candidates: 1, images: 1 << 40, fewest: 1).rounds.isEmpty)
        #expect(SuccessiveHalving(candidates: 0, images: 1 << 40, fewest: 1).rounds.isEmpty)
    }

    @Test func theBetterHalfGoesOn() {
        let halving = SuccessiveHalving(candidates: 5, images: 3000, fewest: 1)
        var trained: [[Int]] = [[], [], []]
        // The sixth takes no part though it would be the best; the last round turns the order round.
        let winner = halving.winner(of: [30, 10, 50, 40, 20, 60]) { candidate, round in
            trained[round].append(candidate)
            return round == 2 ? -Double(candidate) : Double(candidate)
        }
        #expect(trained == [[30, 10, 50, 40, 20], [50, 40, 30], [50, 40]])
        #expect(winner == 40)
        #expect(halving.winner(of: ["a", "b", "c", "d", "e"]) { _, _ in 0 } == "a")
    }

    @Test(arguments: [4e6, 12e6, 40e6]) func shortlistsAreDiverseAndWithinReach(_ budget: Double) throws {
        let teacher = try ArchitectureTests.description("preresnet-20x2")
        let choice = try StudentChoice.choose(teacher: teacher, image: ArchitectureTests.grey28, classes: 10, targetMACs: budget)
        let list = choice.shortlist(targetMACs: budget, count: 8)
        #expect(list.first == choice.chosen && Set(list).count == list.count && list.count <= 8)
        #expect(list.allSatisfy { choice.candidates.contains($0) && Double($0.cumulativeMACs[0]) <= 0.6 * budget })
        #expect(list.dropFirst().allSatisfy { 1.2...6 ~= Double($0.fullDepthMACs) / budget })
        #expect(choice.shortlist(targetMACs: budget, count: 1) == [choice.chosen])
        // What is asked for first is never less new than what comes after it.
        #expect(choice.shortlist(targetMACs: budget, count: 3) == Array(list.prefix(3)))
    }
}
