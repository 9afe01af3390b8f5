/// A student network that was considered for the target budget.
package struct StudentCandidate: Hashable, Sendable, Codable {
    /// The network, for example `preresnet-16-32-64-b1`.
    package var architecture: String
    package var cumulativeMACs: [Int]
    package var parameterCount: Int
    /// Images it was trained on before the choice, repetitions counted; 0 when it was ruled out before training.
    package var trainingImages: Int
    /// At the target budget on the calibration split, 0…1; nil when it was not trained.
    package var calibrationAccuracy: Double?
    package var isChosen: Bool
    /// Why it won or was left out, in a few words.
    package var reason: String?

    package init(
        architecture: String, cumulativeMACs: [Int], parameterCount: Int, trainingImages: Int = 0,
        calibrationAccuracy: Double? = nil,
        isChosen: Bool = false, reason: String? = nil
    ) {
        self.architecture = architecture
        self.cumulativeMACs = cumulativeMACs
        self.parameterCount = parameterCount
        self.trainingImages = trainingImages
        self.calibrationAccuracy = calibrationAccuracy
        self.isChosen = isChosen
        self.reason = reason
    }
}
