import Diagnostics

/// Buffers and steps: what lowering a graph gives.
struct Program {
    private(set) var buffers: [BufferInfo] = []
    /// Run once whenever variables were written: all that depends on constants and on variables that no run changes.
    private(set) var prologue: [Step] = []
    /// Run every time.
    private(set) var steps: [Step] = []
    /// Buffers whose content changes only when variables are written.
    private var settled: Set<Buffer> = []

    mutating func buffer(byteCount: Int, kept: Bool = false) -> Buffer {
        buffers.append(BufferInfo(byteCount: byteCount, lifetime: kept ? .kept : .run))
        return Buffer(index: buffers.count - 1)
    }

    /// Declares that no run changes this buffer.
    mutating func settle(_ buffer: Buffer) { settled.insert(buffer) }

    /// Whether no run changes this buffer.
    func isSettled(_ buffer: Buffer) -> Bool { settled.contains(buffer) }

    mutating func append(_ step: Step) {
        if step.reads.allSatisfy(settled.contains) && !step.writes.isEmpty && !step.writes.contains(where: isKept) {
            for buffer in step.writes {
                buffers[buffer.index].lifetime = .kept
                settled.insert(buffer)
            }
            prologue.append(step)
        } else {
            steps.append(step)
        }
    }

    private func isKept(_ buffer: Buffer) -> Bool { buffers[buffer.index].lifetime == .kept }
}
