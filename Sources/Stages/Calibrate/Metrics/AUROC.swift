/// Chance that a random right answer has a smaller score than a random wrong one, equal scores counting half: the area
/// under the curve of the negative score against correctness. Nil when all answers are right or all wrong.
package func areaUnderROC(scores: [Double], isCorrect: [Bool]) -> Double? {
    precondition(scores.count == isCorrect.count, "\(scores.count) scores, \(isCorrect.count) answers")
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var wrongSeen = 0
    var rightSeen = 0
    // Twice the number of pairs in which the wrong answer has the smaller score, ties counted once.
    var misordered = 0
    var start = 0
    while start < order.count {
        var end = start
        var right = 0
        while end < order.count && scores[order[end]] == scores[order[start]] {
            right += isCorrect[order[end]] ? 1 : 0
            end += 1
        }
        misordered += right * (2 * wrongSeen + (end - start - right))
        rightSeen += right
        wrongSeen += end - start - right
        start = end
    }
    guard rightSeen > 0 && wrongSeen > 0 else { return nil }
    return 1 - Double(misordered) / (2 * Double(rightSeen) * Double(wrongSeen))
}
