/// The places of the numbers that together are nearest to the targets, each behind the one before it: the sum of their squared
/// distances is the least. Of equally near ones the earlier are taken.
///
/// - Parameters:
///   - targets: ascending.
///   - numbers: ascending.
/// - Returns: one place for each target; none when there are fewer numbers than targets.
func nearest(to targets: [Double], among numbers: [Double]) -> [Int] {
    guard let first = targets.first, targets.count <= numbers.count else { return [] }
    func distance(_ number: Double, _ target: Double) -> Double { (number - target) * (number - target) }
    // By place, the least sum when the target last looked at is given that place.
    var sums = numbers.map { distance($0, first) }
    // By target but the first and by place: which place the target before it is given then.
    var earlier: [[Int]] = []
    for target in targets.dropFirst() {
        var best = 0
        var next = [Double](repeating: .infinity, count: numbers.count)
        var origins = [Int](repeating: 0, count: numbers.count)
        for place in numbers.indices.dropFirst() {
            if sums[place - 1] < sums[best] { best = place - 1 }
            next[place] = sums[best] + distance(numbers[place], target)
            origins[place] = best
        }
        earlier.append(origins)
        sums = next
    }
    var chosen = [sums.indices.min { sums[$0] < sums[$1] } ?? 0]
    for origins in earlier.reversed() { chosen.append(origins[chosen[chosen.count - 1]]) }
    return chosen.reversed()
}
