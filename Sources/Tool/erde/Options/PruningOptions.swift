import ArgumentParser
import Artifacts
import Diagnostics

/// Options of how channels are chosen; each replaces the recipe's value.
struct PruningOptions: ParsableArguments {
    @Option(help: "What a channel is worth: taylor (the loss without it), l1, l2, normScale or random; taylor by default.")
    var importance: PruningRecipe.Importance?

    @Option(help: "What makes groups comparable: mean (of the group), macs (that go with a channel) or none; mean by default.")
    var normalize: PruningRecipe.Normalization?

    @Option(help: "Where the least important channels are looked for: global, stage (by map size) or group; global by default.")
    var scope: PruningRecipe.Scope?

    @Flag(inversion: .prefixedNo, help: "Prune channels that several layers share, too.")
    var shared: Bool?

    @Option(help: "Keep channels in multiples of this many; 8 by default.")
    var multiple: Int?

    @Option(help: "Fewest channels of a group; 8 by default.")
    var minWidth: Int?

    @Option(
        name: .customLong("prune-steps"),
        help: "Come down to the target in so many steps, with training after each; 3 by default.")
    var steps: Int?

    @Option(help: "Passes over the training images after each step but the last; 1 by default.")
    var stepEpochs: Int?

    @Option(name: .customLong("importance-batches"), help: "Training batches on which taylor looks at the loss; 16 by default.")
    var batches: Int?

    /// The names of those that are given.
    var given: [String] {
        let all: [(name: String, isGiven: Bool)] = [
            ("--importance", importance != nil), ("--normalize", normalize != nil), ("--scope", scope != nil),
            (shared == false ? "--no-shared" : "--shared", shared != nil), ("--multiple", multiple != nil),
            ("--min-width", minWidth != nil), ("--prune-steps", steps != nil), ("--step-epochs", stepEpochs != nil),
            ("--importance-batches", batches != nil),
        ]
        return all.filter { $0.isGiven }.map { $0.name }
    }

    /// The recipe's pruning with these options in it, checked.
    ///
    /// - Throws: `ErdeError` of kind `usage` for values that cannot be, and for batches where no importance looks at any.
    func merged(_ recipe: PruningRecipe?) throws(ErdeError) -> PruningRecipe {
        var pruning = recipe ?? PruningRecipe()
        pruning.importance = importance ?? pruning.importance
        pruning.normalization = normalize ?? pruning.normalization
        pruning.scope = scope ?? pruning.scope
        pruning.prunesShared = shared ?? pruning.prunesShared
        pruning.multiple = multiple ?? pruning.multiple
        pruning.minimumWidth = minWidth ?? pruning.minimumWidth
        pruning.steps = steps ?? pruning.steps
        pruning.stepEpochs = stepEpochs ?? pruning.stepEpochs
        pruning.batches = batches ?? pruning.batches
        try pruning.validate()
        guard batches == nil || pruning.importance == .taylor else {
            throw ErdeError(
                .usage, "--importance-batches", "has no effect: \(pruning.importance.rawValue) looks at no images",
                remedy: "choose --importance taylor, or leave this option out")
        }
        return pruning
    }
}

extension PruningRecipe.Importance: ExpressibleByArgument {}
extension PruningRecipe.Normalization: ExpressibleByArgument {}
extension PruningRecipe.Scope: ExpressibleByArgument {}
