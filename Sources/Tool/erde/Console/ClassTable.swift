import Artifacts

/// What becomes of the images of each class, for people.
struct ClassTable {
    private static let mostShown = 20
    private static let worstShown = 10

    /// Which classes are shown: `each class`, or `the 10 worst of 100 classes`.
    let title: String
    let text: String

    /// - Parameter names: of the classes, in the order of the matrix.
    init(_ confusion: ConfusionMatrix, names: [String]) {
        var classes = Array(confusion.counts.indices)
        if classes.count > ClassTable.mostShown {
            // Ties stay in the order of the classes.
            let known = classes.filter { confusion.imageCount(of: $0) > 0 }
            let ranked = known.sorted { (confusion.accuracy(of: $0), $0) < (confusion.accuracy(of: $1), $1) }
            classes = Array(ranked.prefix(ClassTable.worstShown))
            title = "the \(classes.count) worst of \(names.count) classes"
        } else {
            title = "each class"
        }
        var table = TextTable(["class", "images", "accuracy", "most often taken for"])
        for label in classes {
            let images = confusion.imageCount(of: label)
            let others = confusion.counts[label].indices.filter { $0 != label && confusion.counts[label][$0] > 0 }
            let rival = others.max { confusion.counts[label][$0] < confusion.counts[label][$1] }
            table.add([
                names[label], groupedText(images), images == 0 ? "–" : percentText(confusion.accuracy(of: label)),
                rival.map { "\(names[$0]) (\(groupedText(confusion.counts[label][$0])))" } ?? "–",
            ])
        }
        text = table.text
    }
}

extension ConfusionMatrix {
    fileprivate func imageCount(of label: Int) -> Int { counts[label].reduce(0, +) }

    /// Share of the images of a class that are taken for it, 0…1.
    fileprivate func accuracy(of label: Int) -> Double { Double(counts[label][label]) / Double(max(1, imageCount(of: label))) }
}
