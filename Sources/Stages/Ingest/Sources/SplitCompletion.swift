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
        try requireEffect(of: options, on: source)
        let testShare = options.testShare ?? IngestOptions.usualTestShare
        if lacksTest && lacksCalibration && options.calibrationCount == nil {
            // Of arrays a number of images is usual.
            let usual = source.kind.isOrdered ? 0 : IngestOptions.usualCalibrationShare
            let sum = (options.calibrationShare ?? usual) + testShare
            if sum >= 1 { throw IngestOptions.nothingToTrainOn(sum) }
        }
        let total = source.splits[.train]?.count ?? 0
        if source.kind.isOrdered && lacksCalibration {
            try takeLast(&source, options: options)
        }
        if lacksTest {
            let taken = take(.share(testShare), as: .test, from: &source, seed: options.seed)
            source.notes.append("test: \(taken) of \(total) images, split off by class with seed \(options.seed)")
        }
        if lacksCalibration && !source.kind.isOrdered {
            let remaining = source.splits[.train]?.count ?? 0
            // Shares are of the images before anything was split off.
            let asked = options.calibrationShare ?? IngestOptions.usualCalibrationShare
            let share = asked * Double(total) / Double(max(1, remaining))
            let amount = options.calibrationCount.map(Amount.count) ?? .share(share)
            let count = options.calibrationCount ?? Int((asked * Double(total)).rounded())
            if options.calibrationCount == nil ? share >= 1 : count >= remaining {
                throw ErdeError(
                    .usage, "calibration count", "\(count), but there are \(remaining) training images",
                    remedy: "leave something to train on")
            }
            let taken = take(amount, as: .calibration, from: &source, seed: options.seed)
            source.notes.append("calibration: \(taken) of \(total) images, split off by class with seed \(options.seed)")
        }
    }

    /// - Throws: `ErdeError` of kind `usage` about an option for a split that the source has.
    private static func requireEffect(of options: IngestOptions, on source: LabelledSource) throws(ErdeError) {
        let given: [(option: String, isGiven: Bool, split: DatasetSplit)] = [
            ("--calibration-share", options.calibrationShare != nil, .calibration),
            ("--calibration-count", options.calibrationCount != nil, .calibration),
            ("--test-share", options.testShare != nil, .test),
        ]
        for (option, isGiven, split) in given where isGiven && source.splits[split] != nil {
            throw ErdeError(
                .usage, option, "the source has a \(split.rawValue) split of its own", remedy: "leave it out")
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

    /// How many training images another split gets.
    private enum Amount {
        /// Of each class, rounded; at least one image.
        case share(Double)
        /// In all, of each class in proportion.
        case count(Int)

        /// What classes of so many images give; a class that has any keeps at least one.
        func taken(of sizes: [Int32: Int]) -> [Int32: Int] {
            switch self {
            case .share(let share):
                return sizes.mapValues { $0 < 2 ? 0 : min(max(1, Int((share * Double($0)).rounded())), $0 - 1) }
            case .count(let count):
                // Largest remainders: what rounding down leaves goes to the classes that lost most by it.
                let total = sizes.values.reduce(0, +)
                var taken = sizes.mapValues { min($0 * count / max(1, total), $0 - 1) }
                let order = sizes.keys.sorted { (sizes[$1]! * count % total, $0) < (sizes[$0]! * count % total, $1) }
                var missing = count - taken.values.reduce(0, +)
                while missing > 0, order.contains(where: { taken[$0]! < sizes[$0]! - 1 }) {
                    for label in order where missing > 0 && taken[label]! < sizes[label]! - 1 {
                        taken[label]! += 1
                        missing -= 1
                    }
                }
                return taken
            }
        }
    }

    /// Moves some images of every class from the training images to another split and returns how many were moved.
    private static func take(_ amount: Amount, as split: DatasetSplit, from source: inout LabelledSource, seed: UInt64) -> Int {
        let train = source.splits[.train] ?? []
        var byClass: [Int32: [Int]] = [:]
        for (index, image) in train.enumerated() { byClass[image.label, default: []].append(index) }
        var moved = Set<Int>()
        let counts = amount.taken(of: byClass.mapValues(\.count))
        for (label, indices) in byClass {
            let name = SHA256.digest(of: Array("\(split.rawValue)/\(source.classNames[Int(label)])".utf8)).words
            var generator = RandomGenerator(seed: seed, stream: UInt64(name[0]) << 32 | UInt64(name[1]))
            var order = indices
            generator.shuffle(&order)
            moved.formUnion(order.prefix(counts[label]!))
        }
        source.splits[split] = train.indices.filter { moved.contains($0) }.map { train[$0] }
        source.splits[.train] = train.indices.filter { !moved.contains($0) }.map { train[$0] }
        return moved.count
    }
}
