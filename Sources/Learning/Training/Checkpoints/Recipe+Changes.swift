package import Artifacts
package import Diagnostics

extension Recipe {
    /// What another recipe has different, in words: `seed : 1; now seed : 2`; nil if nothing.
    package func changes(to other: Self) throws(ErdeError) -> String? {
        guard self != other else { return nil }
        let (mine, others) = (try lines(), try other.lines())
        let changed = mine.filter { !others.contains($0) }
        let now = others.filter { !mine.contains($0) }
        return "\(changed.joined(separator: ", ")); now \(now.joined(separator: ", "))"
    }

    /// Keys and values, one a line.
    func lines() throws(ErdeError) -> [String] {
        String(decoding: try json(), as: UTF8.self).split(separator: "\n").map { line in
            String(line.drop { $0 == " " }.filter { $0 != "\"" && $0 != "," })
        }
    }
}
