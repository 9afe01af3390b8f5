import Tensors

/// Which fold each image of a split belongs to: folds of nearly equal size, each class spread evenly over them.
package struct FoldPlan: Hashable, Sendable {
    package let folds: Int
    /// By image, counted from 0.
    package let foldOfImage: [Int]

    /// - Parameters:
    ///   - labels: class of each image.
    ///   - folds: at least 2.
    ///   - seed: decides who goes where.
    package init(labels: [Int32], folds: Int, seed: UInt64) {
        precondition(folds > 1, "\(folds) folds")
        self.folds = folds
        var generator = RandomGenerator(seed: seed, stream: 0x666F_6C64)
        var order = Array(labels.indices)
        generator.shuffle(&order)
        // Dealt class by class without starting over, so that neither classes nor folds come out uneven.
        order = order.enumerated().sorted { (labels[$0.element], $0.offset) < (labels[$1.element], $1.offset) }.map(\.element)
        var foldOfImage = [Int](repeating: 0, count: labels.count)
        for (place, image) in order.enumerated() { foldOfImage[image] = place % folds }
        self.foldOfImage = foldOfImage
    }

    /// The images of a fold, ascending.
    package func images(of fold: Int) -> [Int] { foldOfImage.indices.filter { foldOfImage[$0] == fold } }

    /// The images of all other folds, ascending.
    package func images(outside fold: Int) -> [Int] { foldOfImage.indices.filter { foldOfImage[$0] != fold } }
}
