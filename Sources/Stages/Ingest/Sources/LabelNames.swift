/// Which classes the labels of a list stand for.
struct LabelNames {
    let names: [String]
    private let labels: [String: Int32]

    /// - Parameter given: names for the labels 0, 1 …, where the labels are numbers.
    init(_ labels: [String], given: [String]?) {
        let distinct = Set(labels)
        let numbers = distinct.compactMap { Int($0) }
        if let given, numbers.count == distinct.count {
            names = given
            self.labels = Dictionary(
                distinct.compactMap { text in
                    Int(text).flatMap { given.indices.contains($0) ? (text, Int32($0)) : nil }
                }, uniquingKeysWith: { first, _ in first })
            return
        }
        if numbers.count == distinct.count {
            // "7" and "07" are one class.
            let order = Set(numbers).sorted()
            let positions = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, Int32($0)) })
            names = order.map(String.init)
            self.labels = Dictionary(
                distinct.map { text in (text, Int(text).flatMap { positions[$0] } ?? 0) }, uniquingKeysWith: { first, _ in first }
            )
            return
        }
        names = distinct.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        self.labels = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    }

    func label(of text: String) -> Int32? { labels[text] }
}
