/// What was done to quantize a model, and what it changed.
package struct QuantizationRecord: Hashable, Sendable, Codable {
    /// A layer that stayed in float.
    package struct FloatLayer: Hashable, Sendable, Codable {
        package var layer: String
        package var reason: String

        package init(layer: String, reason: String) {
            self.layer = layer
            self.reason = reason
        }
    }

    /// What quantizing one layer alone does to the answers.
    package struct Sensitivity: Hashable, Sendable, Codable {
        package var layer: String
        /// Mean `KL(p‖q)` in nats between the answers before and after, over images and exits.
        package var divergence: Double

        package init(layer: String, divergence: Double) {
            self.layer = layer
            self.divergence = divergence
        }
    }

    package var recipe: QuantizationRecipe
    /// Layers whose weights are bytes.
    package var layerCount: Int
    package var floatLayers: [FloatLayer] = []
    /// Most sensitive first.
    package var sensitivities: [Sensitivity] = []
    /// Values that were the same number on every calibration image.
    package var constantValues: [String] = []
    /// On the calibration split by exit, 0…1.
    package var accuracyBefore: [Double] = []
    package var accuracyAfter: [Double] = []
    /// Calibration images that each exit answered rightly before and wrongly after, and the other way round.
    package var lostImages: [Int] = []
    package var gainedImages: [Int] = []
    /// Whether the weights have learned with rounding in the loop.
    package var isTrained = false

    package init(recipe: QuantizationRecipe, layerCount: Int) {
        self.recipe = recipe
        self.layerCount = layerCount
    }

    /// The most that an exit lost, 0…1; less than 0 when every exit gained.
    package var largestDrop: Double { zip(accuracyBefore, accuracyAfter).map { $0 - $1 }.max() ?? 0 }

    /// Whether an exit lost more than a share of the images, 0…1, and more than chance explains.
    ///
    /// Of the images whose answer changed between right and wrong, as many are lost as gained when nothing is really lost;
    /// the difference then stays below 1.645 times the root of their number in 95 of 100 cases (McNemar, 1947).
    package func losesMore(than share: Double) -> Bool {
        accuracyBefore.indices.contains { exit in
            let (lost, gained) = (Double(lostImages[exit]), Double(gainedImages[exit]))
            return accuracyBefore[exit] - accuracyAfter[exit] > share && lost - gained > 1.645 * (lost + gained).squareRoot()
        }
    }
}
