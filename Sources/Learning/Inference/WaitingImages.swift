/// Images on their way through a network, waiting for its next segment: where each belongs, and what earlier segments left.
struct WaitingImages {
    /// Names of the tensors that are kept.
    let parts: [String]
    private var positions: [Int] = []
    /// Per part, the bytes of all images one after the other, as the executables read and write them.
    private var rows: [[UInt8]]

    init(parts: [String] = []) {
        self.parts = parts
        rows = [[UInt8]](repeating: [], count: parts.count)
    }

    var count: Int { positions.count }

    /// Where the image at `index` belongs, counted from the first that waits.
    func position(_ index: Int) -> Int { positions[index] }

    /// Adds images without their rows, which `appendRows` adds for each part.
    mutating func append(_ more: some Collection<Int>) { positions += more }

    /// Adds images' rows of a part, one after the other.
    mutating func appendRows(_ bytes: UnsafeRawBufferPointer, part: Int) { rows[part].append(contentsOf: bytes) }

    /// Adds so many images' rows of a part, of so many bytes each, which `fill` puts in place.
    mutating func appendRows(
        _ number: Int, byteCount: Int, part: Int, _ fill: (Int, UnsafeMutableRawBufferPointer) -> Void
    ) {
        let start = rows[part].count
        rows[part] += repeatElement(0, count: number * byteCount)
        rows[part].withUnsafeMutableBytes { bytes in
            for row in 0..<number {
                let place = start + row * byteCount
                fill(row, UnsafeMutableRawBufferPointer(rebasing: bytes[place..<place + byteCount]))
            }
        }
    }

    /// Adds images as 8-bit pixels, one after the other, as the rows of the only part, scaled to 0…1.
    mutating func append(_ more: some Collection<Int>, pixels: UnsafeRawBufferPointer) {
        append(more)
        appendRows(1, byteCount: pixels.count * MemoryLayout<Float>.stride, part: 0) { _, bytes in
            PixelScaling.write(pixels, to: bytes.bindMemory(to: Float.self).baseAddress!)
        }
    }

    /// Adds images as floats, one after the other, as the rows of the only part.
    mutating func append(_ more: some Collection<Int>, floats: ArraySlice<Float>) {
        append(more)
        floats.withUnsafeBytes { appendRows($0, part: 0) }
    }

    /// Lends the rows of the first `number` images.
    func withRows<Result>(_ number: Int, part: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let size = rows[part].count / max(1, count)
        return rows[part].withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<(number * size)])) }
    }

    /// Lets the first images go.
    mutating func removeFirst(_ number: Int) {
        for part in parts.indices { rows[part].removeFirst(number * (rows[part].count / max(1, count))) }
        positions.removeFirst(number)
    }
}
