import ArgumentParser
import Artifacts
import Diagnostics

private let defaults = QuantizationRecipe()

/// How a model is quantized. What is not given is the recipe's default.
struct QuantizationOptions: ParsableArguments {
    @Option(
        help: "How activations are bounded: minMax, percentile, mse or entropy; \(defaults.ranges.rawValue) by default.")
    var ranges: QuantizationRecipe.RangeMethod?

    @Option(help: "Training images on which ranges are observed; \(defaults.images) by default.")
    var calibrationImages: Int?

    @Option(
        help: ArgumentHelp(
            """
            Accuracy that no exit may lose by more, in points and beyond chance; layers that hurt stay in float until none \
            does. \(decimalText(100 * defaults.maxDrop, decimals: 1)) by default.
            """,
            valueName: "points"))
    var maxDrop: Double?

    @Option(help: "Bits of a weight: 8, or 7 for processors without VNNI; by default what this processor wants.")
    var weightBits: Int?

    @Flag(
        inversion: .prefixedNo,
        help: """
            Let biases make up for what rounding weights adds on average; \(defaultText(defaults.correctsBiases)).
            """)
    var biasCorrection: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: """
            Scale the channels of depthwise networks to similar ranges first; \(defaultText(defaults.equalizes)).
            """)
    var equalization: Bool?

    @Option(help: "Epochs of training with rounding in the loop before quantizing; \(defaults.trainingEpochs) by default.")
    var qatEpochs: Int?

    @Flag(
        help: ArgumentHelp(
            "Write the model also when no layer can stay in bytes, or when training with rounding in the loop costs an exit more than "
                + "two points and more than --max-drop."))
    var force = false

    /// Whether any of them is given.
    var isUsed: Bool {
        ranges != nil || calibrationImages != nil || maxDrop != nil || weightBits != nil || biasCorrection != nil
            || equalization != nil || qatEpochs != nil || force
    }

    /// The recipe with these options in it, checked.
    ///
    /// - Parameter base: the recipe file's; nil takes the defaults, with the bits of a weight that this processor wants.
    /// - Throws: `ErdeError` of kind `usage`.
    func merged(_ base: QuantizationRecipe? = nil, engine: EngineOptions) throws(ErdeError) -> QuantizationRecipe {
        var recipe = base ?? QuantizationRecipe()
        recipe.ranges = ranges ?? recipe.ranges
        recipe.images = calibrationImages ?? recipe.images
        // The recipe has shares, and its own check would speak of them.
        if let maxDrop, !(0...100 ~= maxDrop) {
            throw ErdeError(.usage, "--max-drop", "expected 0 to 100 points, found \(maxDrop)", remedy: "change --max-drop")
        }
        recipe.maxDrop = maxDrop.map { $0 / 100 } ?? recipe.maxDrop
        recipe.weightBits = weightBits ?? base?.weightBits ?? engine.weightBits
        recipe.correctsBiases = biasCorrection ?? recipe.correctsBiases
        recipe.equalizes = equalization ?? recipe.equalizes
        recipe.trainingEpochs = qatEpochs ?? recipe.trainingEpochs
        try recipe.validate()
        return recipe
    }
}

extension QuantizationRecipe.RangeMethod: ExpressibleByArgument {}
