import ArgumentParser
import Artifacts
import Diagnostics
import Graphs
import Training

private let defaults = TrainingRecipe()

/// Options of a training run; each replaces the recipe's value.
struct TrainingOptions: ParsableArguments {
    /// Passes over the training images of a network that is new.
    static let newNetworkEpochs = 20
    /// Of exits that are added to a network.
    static let newExitsEpochs = 5

    @Option(help: ArgumentHelp("A recipe in JSON; other options replace its values.", valueName: "file"))
    var recipe: String?

    @Option(
        help: """
            Passes over the training images; by default \(TrainingOptions.newNetworkEpochs) for a new network, as many as the \
            teacher had for a student, half of its own for a pruned network, \(TrainingOptions.newExitsEpochs) for added exits.
            """)
    var epochs: Int?

    @Option(help: "Images per step; \(defaults.batchSize) by default, fewer for a small training split.")
    var batch: Int?

    @Option(
        help: """
            The highest learning rate of the schedule; \(defaults.peakLearningRate) by default for a new network, less for one \
            that has been trained.
            """)
    var learningRate: Double?

    @Option(help: "How the learning rate moves: oneCycle or cosine; \(defaults.schedule.rawValue) by default.")
    var schedule: TrainingRecipe.Schedule?

    @Option(help: "Weight decay of kernels and matrices; \(defaults.weightDecay) by default.")
    var weightDecay: Double?

    @Option(
        help: """
            The largest L2 norm of all gradients together, 0 for any; \(decimalText(defaults.gradientClip, decimals: 0)) by \
            default.
            """)
    var gradientClip: Double?

    @Option(help: "Share of the target spread over all classes; \(defaults.labelSmoothing) by default.")
    var labelSmoothing: Double?

    @Option(
        help: """
            Black pixels around an image before a random crop; 0 does not crop, \(defaults.augmentation.cropPadding) by default.
            """)
    var crop: Int?

    @Flag(
        inversion: .prefixedNo,
        help: "Mirror images at random; \(defaultText(defaults.augmentation.horizontalFlip)).")
    var flip: Bool?

    @Option(
        help: """
            Side of a black square at a random place; 0 leaves it out, \(defaults.augmentation.cutoutSide) by default.
            """)
    var cutout: Int?

    @Option(
        help: """
            Probability of a black rectangle of a random place and size (random erasing); \(defaults.augmentation.erasing) by \
            default.
            """)
    var erasing: Double?

    @Option(
        help: ArgumentHelp(
            """
            Blend each image with another, their labels alike, by shares from Beta(alpha, alpha); 0 does not blend, \
            \(defaults.augmentation.mixup) by default.
            """,
            valueName: "alpha"))
    var mixup: Double?

    @Option(help: "Seed of weights, order and augmentation; \(defaults.seed) by default.")
    var seed: UInt64?

    @Flag(help: "Go on from the checkpoint of an interrupted run.")
    var resume = false

    /// The names of those that are given.
    var given: [String] {
        let all: [(name: String, isGiven: Bool)] = [
            ("--recipe", recipe != nil), ("--epochs", epochs != nil), ("--batch", batch != nil),
            ("--learning-rate", learningRate != nil), ("--schedule", schedule != nil), ("--weight-decay", weightDecay != nil),
            ("--gradient-clip", gradientClip != nil), ("--label-smoothing", labelSmoothing != nil), ("--crop", crop != nil),
            (flip == false ? "--no-flip" : "--flip", flip != nil), ("--cutout", cutout != nil), ("--erasing", erasing != nil),
            ("--mixup", mixup != nil), ("--seed", seed != nil), ("--resume", resume),
        ]
        return all.filter { $0.isGiven }.map { $0.name }
    }

    /// Whether any of them is given.
    var isUsed: Bool { !given.isEmpty }

    /// The recipe file with these options in it, checked.
    ///
    /// - Throws: `ErdeError` of kind `notFound` or `usage`.
    func merged(defaultEpochs: Int) throws(ErdeError) -> RunRecipe {
        var base = TrainingRecipe()
        base.epochs = defaultEpochs
        return try merged(base)
    }

    /// Lets a batch size that nobody asked for give way to a small training split, and says so.
    func fitBatch(of recipe: inout TrainingRecipe, images: Int) {
        guard batch == nil, self.recipe == nil, recipe.fitBatch(toImages: images) else { return }
        Console.standard.note(
            "Batches are of \(recipe.batchSize), since there are \(groupedText(images)) training images; see --batch")
    }

    /// Lets a crop that nobody asked for give way to small images, and says so.
    func fitCrop(of recipe: inout TrainingRecipe, to image: ImageFormat) {
        guard crop == nil, self.recipe == nil, recipe.fitCrop(to: image) else { return }
        let pixels = recipe.augmentation.cropPadding
        Console.standard.note(
            (pixels == 0 ? "Images are not cropped" : "Images are padded by \(pixels) \(noun("pixel", for: pixels)) for the crop")
                + ", since they are of \(image.height)x\(image.width); see --crop")
    }

    /// Bounds the gradients of a network without batch normalisation more than those of others, unless something else is asked
    /// for, and says so.
    func clipGradients(of recipe: inout TrainingRecipe, in graph: Graph) {
        guard gradientClip == nil, self.recipe == nil, recipe.clipGradients(in: graph) else { return }
        Console.standard.note("Gradients are clipped at 1, since the network has no batch normalisation; see --gradient-clip")
    }

    /// The recipe file, or a training as it is, with these options in it, checked.
    ///
    /// - Throws: `ErdeError` of kind `notFound` or `usage`.
    func merged(_ base: TrainingRecipe) throws(ErdeError) -> RunRecipe {
        var run = RunRecipe()
        run.training = base
        if let recipe { run = try RunRecipe(json: InputFile.bytes(recipe), name: recipe) }
        run.training.epochs = epochs ?? run.training.epochs
        run.training.batchSize = batch ?? run.training.batchSize
        run.training.peakLearningRate = learningRate ?? run.training.peakLearningRate
        run.training.schedule = schedule ?? run.training.schedule
        run.training.weightDecay = weightDecay ?? run.training.weightDecay
        run.training.gradientClip = gradientClip ?? run.training.gradientClip
        run.training.labelSmoothing = labelSmoothing ?? run.training.labelSmoothing
        run.training.augmentation.cropPadding = crop ?? run.training.augmentation.cropPadding
        run.training.augmentation.horizontalFlip = flip ?? run.training.augmentation.horizontalFlip
        run.training.augmentation.cutoutSide = cutout ?? run.training.augmentation.cutoutSide
        run.training.augmentation.erasing = erasing ?? run.training.augmentation.erasing
        run.training.augmentation.mixup = mixup ?? run.training.augmentation.mixup
        run.training.seed = seed ?? run.training.seed
        try run.validate()
        return run
    }
}

extension TrainingRecipe.Schedule: ExpressibleByArgument {}
