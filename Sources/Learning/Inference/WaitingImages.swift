/// Images on their way through a network, waiting for its next segment: where each belongs, and what earlier segments left.
struct WaitingImages {
    /// A tensor that is kept: its name and its elements for one image.
    struct Part: Hashable {
        let name: String
        let size: Int
    }

    let parts: [Part]
    private var positions: [Int] = []
    /// Per part, the rows of all images one after the other.
    private var rows: [[Float]]

    init(parts: [Part] = []) {
        self.parts = parts
        rows = [[Float]](repeating: [], count: parts.count)
    }

    var count: Int { positions.count }

    /// Where the image at `index` belongs, counted from the first that waits.
    func position(_ index: Int) -> Int { positions[index] }

    /// Adds an image without its rows, which `appendRow` adds for each part.
    mutating func append(_ position: Int) { positions.append(position) }

    /// Adds one image's row of a part.
    mutating func appendRow(_ row: UnsafeBufferPointer<Float>, part: Int) { rows[part].append(contentsOf: row) }

    /// Adds images as 8-bit pixels, one after the other, as the rows of the only part, scaled to 0…1.
    mutating func append(_ more: some Collection<Int>, pixels: UnsafeRawBufferPointer) {
        positions += more
        let start = rows[0].count
        rows[0] += repeatElement(0, count: pixels.count)
        rows[0].withUnsafeMutableBufferPointer { PixelScaling.write(pixels, to: $0.baseAddress! + start) }
    }

    /// Adds images as floats, one after the other, as the rows of the only part.
    mutating func append(_ more: some Collection<Int>, floats: ArraySlice<Float>) {
        positions += more
        rows[0] += floats
    }

    /// Lends the rows of the first `number` images.
    func withRows<Result>(_ number: Int, part: Int, _ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
        let size = parts[part].size
        return rows[part].withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[..<(number * size)]))
        }
    }

    /// Lets the first images go.
    mutating func removeFirst(_ number: Int) {
        for part in parts.indices { rows[part].removeFirst(number * parts[part].size) }
        positions.removeFirst(number)
    }
}
