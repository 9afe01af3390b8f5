/// Leaves out copies whose source nobody touches afterwards: the target takes its place.
struct CopyElision {
    /// The steps that remain.
    private(set) var steps: [Step] = []
    /// By buffer index, the buffer whose memory it shares: itself unless a copy was left out.
    private(set) var places: [Buffer]

    /// - Parameter lasting: buffers that must keep their content to the end of the run.
    init(of program: Program, lasting: Set<Buffer>) {
        let buffers = program.buffers
        places = buffers.indices.map { Buffer(index: $0) }
        var lastTouches = [Int](repeating: -1, count: buffers.count)
        var firstTouches = [Int](repeating: .max, count: buffers.count)
        for (index, step) in program.steps.enumerated() {
            for buffer in step.reads + step.writes {
                lastTouches[buffer.index] = index
                firstTouches[buffer.index] = min(firstTouches[buffer.index], index)
            }
        }
        var lasting = lasting
        for (index, step) in program.steps.enumerated() {
            guard case .copy(let from, let to, let byteCount) = step.work else {
                steps.append(step)
                continue
            }
            let source = places[from.index]
            guard buffers[source.index].lifetime == .run, buffers[to.index].lifetime == .run, !lasting.contains(source),
                lastTouches[source.index] == index, firstTouches[to.index] == index,
                buffers[source.index].byteCount == byteCount, buffers[to.index].byteCount == byteCount
            else {
                steps.append(step)
                continue
            }
            places[to.index] = source
            lastTouches[source.index] = lastTouches[to.index]
            if lasting.contains(to) { lasting.insert(source) }
        }
    }

    /// The buffer whose memory holds this one's content.
    func place(of buffer: Buffer) -> Buffer { places[buffer.index] }
}
