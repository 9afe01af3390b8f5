/// How probable a right answer is at each exit for each image, 0…1, given its score there: a step function that never rises with
/// the score, fitted by least squares (isotonic regression by pooling adjacent violators; Ayer et al., 1955).
///
/// Whether one image is right is chance; how often images of such a score are right is what a threshold can know. The mean over
/// all images is that of the right answers.
package func expectedCorrectness(_ scores: ExitScores, _ correctness: Correctness) -> [[Double]] {
    zip(scores.scores, correctness.isCorrect).map { scores, isCorrect in
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var pools: [Pool] = []
        for (place, image) in order.enumerated() {
            let isRight = isCorrect[image] ? 1.0 : 0
            // Equal scores cannot be told apart.
            if place > 0, scores[image] == scores[order[place - 1]] {
                pools[pools.count - 1].add(Pool(right: isRight, count: 1))
            } else {
                pools.append(Pool(right: isRight, count: 1))
            }
            let isLastOfScore = place + 1 == order.count || scores[order[place + 1]] != scores[image]
            while isLastOfScore, pools.count > 1, pools[pools.count - 2].mean < pools[pools.count - 1].mean {
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
        return expected
    }
}

/// Images of neighbouring scores that are judged alike.
private struct Pool {
    var right: Double
    var count: Int

    var mean: Double { right / Double(count) }

    mutating func add(_ other: Pool) {
        right += other.right
        count += other.count
    }
}
