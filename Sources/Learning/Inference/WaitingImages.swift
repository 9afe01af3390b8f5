/// Images on their way through a network, waiting for its next segment: where each belongs, and what earlier segments left.
struct WaitingImages {
    /// Positions of the images in the caller's order.
    private(set) var positions: [Int] = []
    /// Rows `[count, …]` by tensor name, one per image.
    private var rows: [String: [Float]] = [:]

    var count: Int { positions.count }

    /// Adds images with their rows, in order.
    mutating func append(_ position: Int, _ parts: [(name: String, row: ArraySlice<Float>)]) {
        positions.append(position)
        for (name, row) in parts { rows[name, default: []] += row }
    }

    /// Adds images whose rows lie one after the other.
    mutating func append(_ more: Range<Int>, _ name: String, _ floats: ArraySlice<Float>) {
        positions += more
        rows[name, default: []] += floats
    }

    /// Takes the first images away, with their rows.
    mutating func take(_ number: Int) -> WaitingImages {
        var taken = WaitingImages()
        taken.positions = Array(positions.prefix(number))
        for (name, floats) in rows {
            let size = floats.count / count
            taken.rows[name] = Array(floats.prefix(number * size))
            rows[name] = Array(floats.dropFirst(number * size))
        }
        positions.removeFirst(number)
        return taken
    }

    /// All rows of a tensor, `[count, …]`.
    func floats(_ name: String) -> [Float]? { rows[name] }
}
