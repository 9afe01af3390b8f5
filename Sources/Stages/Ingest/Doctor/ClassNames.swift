/// What is odd about names of classes.
enum ClassNames {
    /// Names with what is odd about them.
    static func odd(_ names: [String]) -> [(name: String, note: String)] {
        var odd: [(name: String, note: String)] = []
        if let position = unordered(names) {
            odd.append((names[position], "comes before \(names[position + 1]), in text order"))
        }
        var seen: [String: String] = [:]
        for name in names {
            if let other = seen.updateValue(name, forKey: name.lowercased()) {
                odd.append((name, "differs from \(other) in case only"))
            }
            if name.first?.isWhitespace == true || name.last?.isWhitespace == true {
                odd.append((name, "begins or ends with a blank"))
            }
        }
        return odd
    }

    /// The first of names that are all numbers which is greater than the next.
    static func unordered(_ names: [String]) -> Int? {
        let numbers = names.compactMap { Int($0) }
        guard numbers.count == names.count else { return nil }
        return numbers.indices.dropLast().first { numbers[$0] > numbers[$0 + 1] }
    }
}
