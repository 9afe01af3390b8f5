/// Gives the buffers of a run offsets in one arena, so that buffers whose lives overlap do not.
///
/// Greedy by size: the largest buffers are placed first, each at the lowest offset that is free during its whole life.
struct MemoryPlan {
    /// Offsets by buffer index; nil for kept buffers and those no step touches.
    private(set) var offsets: [Int?]
    /// Bytes of the arena.
    private(set) var arenaSize = 0

    static let alignment = 64

    /// - Parameters:
    ///   - steps: in the order in which they run.
    ///   - place: the buffer whose memory holds a buffer's content.
    ///   - lasting: buffers that must keep their content to the end of the run.
    init(buffers: [BufferInfo], steps: [Step], lasting: Set<Buffer>, place: (Buffer) -> Buffer) {
        var lives = [ClosedRange<Int>?](repeating: nil, count: buffers.count)
        for (index, step) in steps.enumerated() {
            for buffer in (step.reads + step.writes).map(place) {
                let life = lives[buffer.index]
                lives[buffer.index] = min(life?.lowerBound ?? index, index)...max(life?.upperBound ?? index, index)
            }
        }
        for buffer in lasting.map(place) {
            if let life = lives[buffer.index] { lives[buffer.index] = life.lowerBound...steps.count }
        }
        offsets = [Int?](repeating: nil, count: buffers.count)
        let order = buffers.indices.filter { buffers[$0].lifetime == .run && lives[$0] != nil }
            .sorted { (buffers[$0].byteCount, $1) > (buffers[$1].byteCount, $0) }
        var placed: [(range: Range<Int>, life: ClosedRange<Int>)] = []
        for index in order {
            let life = lives[index]!
            let size = MemoryPlan.aligned(max(1, buffers[index].byteCount))
            var offset = 0
            for other in placed where other.life.overlaps(life) {
                if offset + size <= other.range.lowerBound { break }
                offset = max(offset, other.range.upperBound)
            }
            offsets[index] = offset
            arenaSize = max(arenaSize, offset + size)
            let position = placed.firstIndex { $0.range.lowerBound > offset } ?? placed.endIndex
            placed.insert((offset..<offset + size, life), at: position)
        }
    }

    static func aligned(_ size: Int) -> Int { (size + alignment - 1) / alignment * alignment }
}
