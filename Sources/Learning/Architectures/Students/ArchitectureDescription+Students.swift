import Artifacts

extension ArchitectureDescription {
    /// Networks of the same family that are no larger, with the same head; some may be equal.
    ///
    /// Where this network's exits stand as usual for the family, so do the students', which end after the last of them.
    /// Where they stand elsewhere, a student's stand at the same relative depths, or evenly when their number is another.
    ///
    /// - Parameter exits: how many, at most as many as this network has.
    func students(exits wanted: Int) -> [ArchitectureDescription] {
        let network = family.network
        let standard = network.standardExits(of: fields)
        let stages = exits.isEmpty ? wanted : standard.count
        return network.students(of: fields, exits: stages).map { fields in
            var student = self
            student.fields = fields
            let standard = network.standardExits(of: fields)
            if !exits.isEmpty {
                student.exits = placed(wanted, over: standard.last ?? 1)
                if student.exits == standard { student.exits = [] }
            }
            return student
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
