/// Rounds of short trainings: all candidates, then the better half, until one is left. Every round costs as much as any other,
/// so those that stay are trained ever longer (successive halving: Karnin, Koren and Somekh, 2013; Jamieson and Talwalkar,
/// 2016).
package struct SuccessiveHalving: Hashable, Sendable {
    package struct Round: Hashable, Sendable, Codable {
        /// How many candidates are trained.
        package var candidates: Int
        /// Training images that each of them sees.
        package var images: Int

        package init(candidates: Int, images: Int) {
            self.candidates = candidates
            self.images = images
        }
    }

    package let rounds: [Round]

    /// As many of the candidates as can be told apart: each training of the first round sees at least `fewest` images.
    ///
    /// No rounds where not even two candidates can be.
    ///
    /// - Parameters:
    ///   - candidates: how many there are.
    ///   - images: training images seen in all rounds together.
    ///   - fewest: images below which a training says nothing.
    package init(candidates: Int, images: Int, fewest: Int) {
        var rounds: [Round] = []
        for count in stride(from: candidates, to: 1, by: -1) where rounds.isEmpty {
            let sizes = SuccessiveHalving.sizes(from: count)
            let share = images / sizes.count
            guard share / count >= fewest else { continue }
            rounds = sizes.map { Round(candidates: $0, images: share / $0) }
        }
        self.rounds = rounds
    }

    /// Candidates of each round: half as many, rounded up, down to two.
    private static func sizes(from count: Int) -> [Int] {
        var sizes = [count]
        while let last = sizes.last, last > 2 { sizes.append((last + 1) / 2) }
        return sizes
    }

    /// Trains round by round.
    ///
    /// - Parameters:
    ///   - candidates: at least as many as the first round has; the first of them take part.
    ///   - train: what a candidate's training in a round comes to; larger is better, and of equals the earlier one stays.
    /// - Returns: the winner.
    package func winner<Candidate, Failure: Error>(
        of candidates: [Candidate], train: (Candidate, _ round: Int) throws(Failure) -> Double
    ) throws(Failure) -> Candidate {
        precondition(
            !rounds.isEmpty && rounds[0].candidates <= candidates.count,
            "\(candidates.count) candidates for \(rounds.count) rounds")
        var left = Array(candidates.prefix(rounds[0].candidates))
        for round in rounds.indices {
            var results: [(candidate: Candidate, place: Int, value: Double)] = []
            for (place, candidate) in left.enumerated() { results.append((candidate, place, try train(candidate, round))) }
            results.sort { $0.value == $1.value ? $0.place < $1.place : $0.value > $1.value }
            left = results.prefix(round + 1 < rounds.count ? rounds[round + 1].candidates : 1).map(\.candidate)
        }
        return left[0]
    }
}
