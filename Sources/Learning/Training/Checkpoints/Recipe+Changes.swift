package import Artifacts
package import Diagnostics

extension Recipe {
    /// What another recipe has different, in words: `seed : 1; now seed : 2`; nil if nothing.
    package func changes(to other: Self) throws(ErdeError) -> String? {
        self == other ? nil : recipeChanges(from: try lines(), to: try other.lines())
    }

    /// Keys and values, one a line.
    func lines() throws(ErdeError) -> [String] {
        String(decoding: try json(), as: UTF8.self).split(separator: "\n").map { line in
            String(line.drop { $0 == " " }.filter { $0 != "\"" && $0 != "," })
        }
    }
}

/// What recipes' lines have different, in words.
func recipeChanges(from before: [String], to after: [String]) -> String {
    let changed = before.filter { !after.contains($0) }
    let now = after.filter { !before.contains($0) }
    return "\(changed.joined(separator: ", ")); now \(now.joined(separator: ", "))"
}
