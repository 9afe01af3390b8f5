package import Artifacts
package import Diagnostics

extension ArchitectureDescription {
    /// Checks that a network of this description can exist at all.
    ///
    /// - Parameter subject: what the error is about, the text or file that the description was read from.
    /// - Throws: `ErdeError` of kind `usage`.
    package func validate(as subject: String) throws(ErdeError) {
        func require(_ condition: Bool, _ problem: @autoclosure () -> String, _ remedy: String) throws(ErdeError) {
            if !condition { throw ErdeError(.usage, subject, problem(), remedy: remedy) }
        }
        let network = family.network
        let known = network.rules.map(\.field)
        try require(
            Set(fields.keys) == Set(known), "a \(family.rawValue) has \(known.map(\.rawValue).joined(separator: ", "))",
            "give these and no others")
        var stages: Int?
        for rule in network.rules {
            let (name, numbers) = (rule.field.rawValue, self[rule.field])
            if rule.field.isPerStage {
                try require(1...8 ~= numbers.count, "\(numbers.count) stages in \(name)=", "give 1 to 8 numbers")
                try require(
                    stages ?? numbers.count == numbers.count,
                    "\(numbers.count) numbers in \(name)= for \(stages ?? 0) stages", "give one number for every stage")
                stages = numbers.count
            } else {
                try require(numbers.count == 1, "\(numbers.count) numbers in \(name)=", "give one number")
            }
            try rule.check(numbers, as: subject)
        }
        if let problem = network.contradiction(in: fields) { try require(false, problem, "change one of them") }
        let last = network.standardExits(of: fields).last ?? 0
        try require(
            exits.isEmpty || (exits.last == last && exits[0] > 0 && zip(exits, exits.dropFirst()).allSatisfy(<)),
            "exits after blocks \(exits.map(String.init).joined(separator: ", ")) of \(last)",
            "give ascending blocks from 1 on, the last of them \(last), or one number: how many exits there are")
        try require(
            headDropout >= 0 && headDropout < 1, "a dropout of \(headDropout)", "choose a share of at least 0 and less than 1")
    }

    /// The blocks that an exit follows, counted from 1.
    package var exitBlocks: [Int] { exits.isEmpty ? family.network.standardExits(of: fields) : exits }
}
