/// How often images of one class were given another.
package struct ConfusionMatrix: Hashable, Sendable, Codable {
    /// Images by true class (row) and answer (column).
    package var counts: [[Int]]

    package init(counts: [[Int]]) { self.counts = counts }

    /// Counts the pairs of true class and answer.
    package init(classCount: Int, labels: some Sequence<Int>, answers: some Sequence<Int>) {
        counts = [[Int]](repeating: [Int](repeating: 0, count: classCount), count: classCount)
        for (label, answer) in zip(labels, answers) { counts[label][answer] += 1 }
    }

    /// Share of images on the diagonal, 0…1.
    package var accuracy: Double {
        let total = counts.reduce(0) { $0 + $1.reduce(0, +) }
        let right = counts.indices.reduce(0) { $0 + counts[$1][$1] }
        return total == 0 ? 0 : Double(right) / Double(total)
    }
}
