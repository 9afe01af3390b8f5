/// How alike words are.
enum Spelling {
    /// Letters to insert, remove or replace to make one word of the other (Levenshtein, 1966).
    static func distance(from one: String, to other: String) -> Int {
        let target = Array(other)
        var row = Array(0...target.count)
        for (index, letter) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for place in target.indices {
                let replaced = diagonal + (letter == target[place] ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = min(replaced, row[place] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}
