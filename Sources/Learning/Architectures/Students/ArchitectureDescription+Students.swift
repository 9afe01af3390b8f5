import Artifacts

extension ArchitectureDescription {
    /// Networks of the same family that are no larger, with the same head; some may be equal.
    ///
    /// Where this network's exits stand as usual for the family, so do the students', which end after the last of them.
    /// Where they stand elsewhere, a student's stand at the same relative depths, or evenly when their number is another.
    /// Networks that have fewer exits then are left out.
    ///
    /// - Parameter exits: how many, at most as many as this network has.
    func students(exits wanted: Int) -> [ArchitectureDescription] {
        let network = family.network
        let standard = network.standardExits(of: fields)
        let stages = exits.isEmpty ? wanted : standard.count
        let students = network.students(of: fields, exits: stages).map { fields in
            var student = self
            student.fields = fields
            let standard = network.standardExits(of: fields)
            if !exits.isEmpty {
                student.exits = placed(wanted, over: standard.last ?? 1)
                if student.exits == standard { student.exits = [] }
            }
            return student
        }
        return students.filter { $0.exitBlocks.count == wanted }
    }

    /// The same network with half the channels, with a quarter and so on, as far as there are any to leave out.
    var narrowed: [ArchitectureDescription] {
        var networks: [ArchitectureDescription] = []
        var network = self
        while true {
            var next = network
            for field in [Field.widths, .growth, .stem, .last] {
                next.fields[field] = network.fields[field]?.map { min($0, max(1, $0 / 2)) }
            }
            guard next != network else { return networks }
            networks.append(next)
            network = next
        }
    }

    /// The blocks among `last` that `count` exits follow; fewer where there are not as many blocks.
    private func placed(_ count: Int, over last: Int) -> [Int] {
        guard count == exits.count, let end = exits.last else { return spread(min(count, last), over: last) }
        var blocks: [Int] = []
        for exit in exits {
            let block = max(1, (exit * last + end / 2) / end)
            if block != blocks.last { blocks.append(block) }
        }
        return blocks
    }
}
