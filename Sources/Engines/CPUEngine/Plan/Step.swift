import CDNNL

/// One piece of work of a run.
struct Step {
    enum Work {
        /// A oneDNN primitive with its arguments.
        case primitive(Operation, [Argument])
        /// Primitives for parts of the images, each on a thread of its own.
        case parts([Part])
        /// A copy of a whole buffer; left out where the target can take the source's place.
        case copy(from: Buffer, to: Buffer, byteCount: Int)
        /// A loop of our own.
        case host((MemoryMap) -> Void)
    }

    struct Argument {
        let name: erde_dnnl_argument
        let buffer: Buffer
        let layout: Layout
        /// Bytes before it in its buffer.
        var offset = 0
    }

    /// A primitive prepared for one thread, with the machine that it alone runs on.
    struct Part {
        let machine: Machine
        let operation: Operation
        let arguments: [Argument]
    }

    /// What the work is, for profiles: an operator's name or "reorder".
    let kind: String
    let reads: [Buffer]
    let writes: [Buffer]
    let work: Work
}
