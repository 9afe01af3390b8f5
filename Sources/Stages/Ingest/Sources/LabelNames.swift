import Diagnostics

/// Which classes the labels of a list stand for.
struct LabelNames {
    /// Of the classes that there are images of.
    let names: [String]
    /// Labels from 0 on that have a name.
    let labelCount: Int
    private let labels: [String: Int32]

    /// - Parameter given: names for the labels 0, 1 …; those that no image has are left out.
    /// - Throws: `ErdeError` of kind `usage` when names are given for labels that are not numbers.
    init(_ labels: [String], given: [String]?) throws(ErdeError) {
        let distinct = Set(labels)
        let numbers = distinct.compactMap { Int($0) }
        guard numbers.count == distinct.count else {
            names = distinct.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            labelCount = names.count
            self.labels = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
            if given != nil {
                let word = names.first { Int($0) == nil } ?? ""
                throw ErdeError(
                    .usage, "--class-names", "names labels that are numbers, and the label \"\(word)\" is none",
                    remedy: "leave it out")
            }
            return
        }
        // "7" and "07" are one class.
        let order = Set(numbers).filter { given?.indices.contains($0) ?? true }.sorted()
        let positions = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, Int32($0)) })
        names = order.map { label in given?[label] ?? String(label) }
        labelCount = given?.count ?? order.count
        self.labels = Dictionary(
            distinct.compactMap { text in Int(text).flatMap { positions[$0] }.map { (text, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    func label(of text: String) -> Int32? { labels[text] }
}
