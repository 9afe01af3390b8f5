/// Shares 0…1 as whole percents that sum to what the shares do: those whose fractions are largest are rounded up.
package func wholePercents(of shares: [Double]) -> [Int] {
    let exact = shares.map { 100 * min(max($0, 0), 1) }
    let floors = exact.map { $0.rounded(.down) }
    let missing = Int(exact.reduce(0, +).rounded()) - Int(floors.reduce(0, +))
    // Of equal fractions the first comes first.
    let order = exact.indices.sorted { (floors[$0] - exact[$0], $0) < (floors[$1] - exact[$1], $1) }
    var percents = floors.map { Int($0) }
    for place in order.prefix(max(0, missing)) { percents[place] += 1 }
    return percents
}
