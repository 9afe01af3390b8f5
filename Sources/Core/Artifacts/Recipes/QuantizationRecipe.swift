package import Diagnostics

/// How a model is quantized to bytes.
package struct QuantizationRecipe: Hashable, Sendable, Codable {
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

    /// Checks that every number makes sense.
    package func validate() throws(ErdeError) {
        guard images > 0 else {
            throw ErdeError(
                .usage, "--calibration-images", "no range can be observed on \(images) images", remedy: "give 1 or more")
        }
        guard 7...8 ~= weightBits else {
            throw ErdeError(.usage, "--weight-bits", "\(weightBits) bits are not supported", remedy: "choose 7 or 8")
        }
        guard maxDrop >= 0 else {
            throw ErdeError(.usage, "--max-drop", "\(100 * maxDrop) is less than nothing", remedy: "give 0 or more points")
        }
        guard trainingEpochs >= 0 else {
            throw ErdeError(.usage, "--qat-epochs", "\(trainingEpochs) epochs cannot be trained", remedy: "give 0 or more")
        }
    }
}
