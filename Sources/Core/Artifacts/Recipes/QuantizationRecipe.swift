package import Diagnostics

/// How a model is quantized to bytes.
package struct QuantizationRecipe: Recipe {
    /// How the floats that a value takes on calibration images are bounded.
    package enum RangeMethod: String, Hashable, Sendable, Codable, CaseIterable {
        /// All of them are kept.
        case minMax
        /// All but the largest one in ten thousand.
        case percentile
        /// The bound at which rounding and saturation together lose the least, squared.
        case mse
        /// The bound at which the distribution changes least, by the Kullback-Leibler divergence of histograms (Migacz,
        /// "8-bit inference with TensorRT", 2017).
        case entropy
    }

    package var ranges = RangeMethod.mse
    /// Training images on which ranges are observed.
    package var images = 1024
    /// Accuracy that no exit may lose by more on the calibration split, 0…1, and beyond chance
    /// (`QuantizationRecord.losesMore`); layers that hurt stay in float until none does.
    package var maxDrop = 0.003
    /// Bits of a weight: 8, or 7 where sums of two products saturate.
    package var weightBits = 8
    /// Whether biases make up for what rounding a weight adds to its channel on average.
    package var correctsBiases = true
    /// Whether the channels between layers of a depthwise network are scaled to similar ranges first.
    package var equalizes = true
    /// Epochs of training with rounding in the loop; 0 for none.
    package var trainingEpochs = 0

    package init() {}

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case ranges
        case images
        case maxDrop
        case weightBits
        case correctsBiases
        case equalizes
        case trainingEpochs
    }

    /// Reads what is there; missing keys keep their defaults, unknown ones are refused.
    package init(from decoder: any Decoder) throws {
        let container = try StrictContainer(decoder, keys: CodingKeys.self)
        try container.read(.ranges, into: &ranges)
        try container.read(.images, into: &images)
        try container.read(.maxDrop, into: &maxDrop)
        try container.read(.weightBits, into: &weightBits)
        try container.read(.correctsBiases, into: &correctsBiases)
        try container.read(.equalizes, into: &equalizes)
        try container.read(.trainingEpochs, into: &trainingEpochs)
        try validate()
    }

    package func validate() throws(ErdeError) {
        try require(images > 0, "images", "expected 1 image or more to observe ranges on, found \(images)")
        try require(7...8 ~= weightBits, "weightBits", "expected 7 or 8, found \(weightBits)")
        try require(0...1 ~= maxDrop, "maxDrop", "expected 0 to 1 (100 points), found \(maxDrop)")
        try require(trainingEpochs >= 0, "trainingEpochs", "expected 0 or more, found \(trainingEpochs)")
    }
}
