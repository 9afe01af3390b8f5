/// The class of a row of logits: the position of the largest, the first of equals, counted from 0.
package func argMax(_ row: some Collection<Float>) -> Int {
    row.withContiguousElements(positionOfLargest)
}

private func positionOfLargest(_ row: UnsafeBufferPointer<Float>) -> Int {
    var (best, largest) = (0, row.first ?? 0)
    for (position, logit) in row.enumerated() where logit > largest { (best, largest) = (position, logit) }
    return best
}
