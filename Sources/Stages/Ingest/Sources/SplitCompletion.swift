import Artifacts
import Diagnostics
import Tensors

/// Gives a source the splits it lacks, out of its training images.
///
/// - Folders: a stratified random split, drawn class by class from the seed and the class's name, so that the split of a
///   class does not change when another class is added. Within a split the images stay in the order of their names.
/// - Arrays (IDX, CIFAR): calibration is the last images of the training files, as published protocols have it; a missing
///   test file is replaced by a stratified split.
enum SplitCompletion {
    static func complete(_ source: inout LabelledSource, options: IngestOptions) throws(ErdeError) {
        let lacksTest = source.splits[.test] == nil
        let lacksCalibration = source.splits[.calibration] == nil
        let total = source.splits[.train]?.count ?? 0
        if source.kind.isOrdered && lacksCalibration {
            try takeLast(&source, options: options)
        }
        if lacksTest {
            let taken = take(options.testShare, as: .test, from: &source, seed: options.seed)
            source.notes.append("test: \(taken) of \(total) images, split off by class with seed \(options.seed)")
        }
        if lacksCalibration && !source.kind.isOrdered {
            let remaining = source.splits[.train]?.count ?? 0
            // Shares are of the images before anything was split off.
            let share =
                options.calibrationCount.map { Double($0) / Double(max(1, remaining)) }
                ?? (options.calibrationShare ?? 0.1) * Double(total) / Double(max(1, remaining))
            if share >= 1 {
                throw ErdeError(
                    .usage, "calibration count", "\(options.calibrationCount ?? 0), but there are \(remaining) training images",
                    remedy: "leave something to train on")
            }
            let taken = take(share, as: .calibration, from: &source, seed: options.seed)
            source.notes.append("calibration: \(taken) of \(total) images, split off by class with seed \(options.seed)")
        }
    }

    /// The number of last images of a training file that calibrate when nothing is asked for.
    private static func defaultCount(of total: Int) -> Int { total >= 50_000 ? 5_000 : max(1, total / 10) }

    private static func takeLast(_ source: inout LabelledSource, options: IngestOptions) throws(ErdeError) {
        let train = source.splits[.train] ?? []
        let count =
            options.calibrationCount ?? options.calibrationShare.map { max(1, Int(($0 * Double(train.count)).rounded())) }
            ?? defaultCount(of: train.count)
        if count >= train.count {
            throw ErdeError(
                .usage, "calibration count", "\(count), but there are \(train.count) training images",
                remedy: "leave something to train on")
        }
        source.splits[.train] = Array(train.dropLast(count))
        source.splits[.calibration] = Array(train.suffix(count))
        source.notes.append("calibration: the last \(count) of \(train.count) training images")
    }

    /// Moves a share of every class from the training images to another split and returns how many were moved.
    ///
    /// A class of two images or more gives at least one and keeps at least one.
    private static func take(_ share: Double, as split: DatasetSplit, from source: inout LabelledSource, seed: UInt64) -> Int {
        let train = source.splits[.train] ?? []
        var byClass: [Int32: [Int]] = [:]
        for (index, image) in train.enumerated() { byClass[image.label, default: []].append(index) }
        var moved = Set<Int>()
        for (label, indices) in byClass where indices.count > 1 {
            let wanted = Int((share * Double(indices.count)).rounded())
            let count = min(max(1, wanted), indices.count - 1)
            let name = SHA256.digest(of: Array("\(split.rawValue)/\(source.classNames[Int(label)])".utf8)).words
            var generator = RandomGenerator(seed: seed, stream: UInt64(name[0]) << 32 | UInt64(name[1]))
            var order = indices
            generator.shuffle(&order)
            moved.formUnion(order.prefix(count))
        }
        source.splits[split] = train.indices.filter { moved.contains($0) }.map { train[$0] }
        source.splits[.train] = train.indices.filter { !moved.contains($0) }.map { train[$0] }
        return moved.count
    }
}
