import Diagnostics

/// Buffers and steps: what lowering a graph gives.
struct Program {
    private(set) var buffers: [BufferInfo] = []
    /// Run once whenever variables were written: all that depends on constants and on variables that no run changes. Empty until
    /// `separateConstants`.
    private(set) var prologue: [Step] = []
    /// Run every time.
    private(set) var steps: [Step] = []
    /// Buffers that no run changes, as far as the steps so far tell.
    private var settled: Set<Buffer> = []
    /// Those of them that were declared so.
    private var declared: Set<Buffer> = []

    mutating func buffer(byteCount: Int, kept: Bool = false) -> Buffer {
        buffers.append(BufferInfo(byteCount: byteCount, lifetime: kept ? .kept : .run))
        return Buffer(index: buffers.count - 1)
    }

    /// Declares that no run changes this buffer.
    mutating func settle(_ buffer: Buffer) {
        declared.insert(buffer)
        settled.insert(buffer)
    }

    /// Whether no step so far changes this buffer from run to run.
    func isSettled(_ buffer: Buffer) -> Bool { settled.contains(buffer) }

    mutating func append(_ step: Step) {
        steps.append(step)
        if step.reads.allSatisfy(settled.contains) { settled.formUnion(step.writes) } else { settled.subtract(step.writes) }
    }

    /// Moves the steps whose results no run changes into the prologue, once all steps are there: a buffer that several steps write
    /// is settled only if all of them may run beforehand.
    mutating func separateConstants() {
        var changing = Set(buffers.indices.map(Buffer.init).filter { buffers[$0.index].lifetime == .kept })
        while true {
            let constant = constantSteps(changing: changing)
            let written = Set(constant.flatMap { steps[$0].writes })
            let spoiled = steps.indices.filter { !constant.contains($0) }.flatMap { steps[$0].writes }.filter(written.contains)
            guard spoiled.isEmpty else {
                changing.formUnion(spoiled)
                continue
            }
            for buffer in written { buffers[buffer.index].lifetime = .kept }
            prologue = steps.indices.filter(constant.contains).map { steps[$0] }
            steps = steps.indices.filter { !constant.contains($0) }.map { steps[$0] }
            return
        }
    }

    /// Indices of the steps that read what is settled alone and write none of the buffers that a run changes.
    private func constantSteps(changing: Set<Buffer>) -> Set<Int> {
        var (constant, settled): (Set<Int>, Set<Buffer>) = ([], declared)
        for (index, step) in steps.enumerated()
        where !step.writes.isEmpty && step.reads.allSatisfy(settled.contains) && changing.isDisjoint(with: step.writes) {
            constant.insert(index)
            settled.formUnion(step.writes)
        }
        return constant
    }
}
