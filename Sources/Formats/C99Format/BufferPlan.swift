/// Places in one working array for values that live at different times.
struct BufferPlan {
    /// A value: from the step that computes it to the last that reads it.
    struct Lifetime {
        let name: String
        let count: Int
        var first: Int
        var last: Int
        /// The value in whose place this one may be put if that dies when this one is born.
        var replaces: String?
    }

    /// Where each value begins, in floats.
    private(set) var offsets: [String: Int] = [:]
    /// The floats that all of them need.
    private(set) var count = 0

    /// Gives each value the first gap that is free while it lives; larger ones are not moved for smaller ones.
    ///
    /// - Parameter lifetimes: by ascending birth.
    init(_ lifetimes: [Lifetime]) {
        var placed: [(lifetime: Lifetime, offset: Int)] = []
        for lifetime in lifetimes {
            var offset = 0
            if let dying = placed.first(where: { $0.lifetime.name == lifetime.replaces }),
                dying.lifetime.last == lifetime.first, dying.lifetime.count >= lifetime.count
            {
                offset = dying.offset
            } else {
                let others = placed.filter { $0.lifetime.first <= lifetime.last && lifetime.first <= $0.lifetime.last }
                for other in others.sorted(by: { $0.offset < $1.offset }) where offset + lifetime.count > other.offset {
                    offset = max(offset, other.offset + other.lifetime.count)
                }
            }
            placed.append((lifetime, offset))
            offsets[lifetime.name] = offset
            count = max(count, offset + lifetime.count)
        }
    }
}
