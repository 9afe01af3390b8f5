/// How probable a right answer is at each exit for each image, 0…1, given its score there: a step function that never rises with
/// the score, fitted by least squares (isotonic regression by pooling adjacent violators; Ayer et al., 1955).
///
/// Whether one image is right is chance; how often images of such a score are right is what a threshold can know. Images that an
/// earlier exit is sure of never get to a later one, whatever is known of them there: an image counts at an exit as often as it
/// gets there when thresholds are drawn at random, each image's score before it as likely as any other's.
package func expectedCorrectness(_ scores: ExitScores, _ correctness: Correctness) -> [[Double]] {
    var weights = [Double](repeating: 1, count: scores.imageCount)
    return zip(scores.scores, correctness.isCorrect).map { scores, isCorrect in
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        let ties = tiedPlaces(scores, order)
        var pools: [Pool] = []
        for places in ties {
            var pool = Pool()
            for image in order[places] { pool.add(isCorrect[image], weight: weights[image]) }
            pools.append(pool)
            while pools.count > 1, pools[pools.count - 2].mean < pools[pools.count - 1].mean {
                let last = pools.removeLast()
                pools[pools.count - 1].add(last)
            }
        }
        var expected = [Double](repeating: 0, count: scores.count)
        var place = 0
        for pool in pools {
            for image in order[place..<place + pool.count] { expected[image] = pool.mean }
            place += pool.count
        }
        // A threshold drawn from the scores lets as many images go on as have a higher one, and this image with them.
        for places in ties {
            for image in order[places] { weights[image] *= Double(places.upperBound) / Double(order.count) }
        }
        return expected
    }
}

/// Places in the order whose images have equal scores, which cannot be told apart.
private func tiedPlaces(_ scores: [Double], _ order: [Int]) -> [Range<Int>] {
    var ties: [Range<Int>] = []
    var start = 0
    for end in order.indices.dropFirst() where scores[order[end]] != scores[order[start]] {
        ties.append(start..<end)
        start = end
    }
    if !order.isEmpty { ties.append(start..<order.count) }
    return ties
}

/// Images of neighbouring scores that are judged alike.
private struct Pool {
    private var right = 0.0
    private var weight = 0.0
    var count = 0

    var mean: Double { weight > 0 ? right / weight : 0 }

    mutating func add(_ isRight: Bool, weight: Double) {
        right += isRight ? weight : 0
        self.weight += weight
        count += 1
    }

    mutating func add(_ other: Pool) {
        right += other.right
        weight += other.weight
        count += other.count
    }
}
