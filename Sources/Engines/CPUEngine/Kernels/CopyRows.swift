/// Where the rows of a matrix begin, and how far apart they lie.
struct RowPlace {
    /// Elements before the first row.
    let offset: Int
    /// Elements from the beginning of one row to that of the next.
    let stride: Int
}

/// Copies `rows` rows of `length` floats from one matrix into another.
func copyRows(
    _ rows: Int, of length: Int, from source: UnsafePointer<Float>, _ sourcePlace: RowPlace,
    to target: UnsafeMutablePointer<Float>, _ targetPlace: RowPlace, threads: Int
) {
    guard length > 0 else { return }
    forEachRange(of: rows * length, threads: threads) { range in
        // A row belongs to the range that holds its first element.
        let first = (range.lowerBound + length - 1) / length
        let end = (range.upperBound + length - 1) / length
        for row in first..<max(first, end) {
            let from = source + sourcePlace.offset + row * sourcePlace.stride
            (target + targetPlace.offset + row * targetPlace.stride).update(from: from, count: length)
        }
    }
}
