import CDNNL

/// One piece of work of a run.
struct Step {
    enum Work {
        /// A oneDNN primitive with its arguments.
        case primitive(Operation, [Argument])
        /// A copy of a whole buffer; left out where the target can take the source's place.
        case copy(from: Buffer, to: Buffer, byteCount: Int)
        /// A loop of our own.
        case host((MemoryMap) -> Void)
    }

    struct Argument {
        let name: erde_dnnl_argument
        let buffer: Buffer
        let layout: Layout
    }

    /// What the work is, for profiles: an operator's name or "reorder".
    let kind: String
    let reads: [Buffer]
    let writes: [Buffer]
    let work: Work
}
