/// `Tests/Goldens/losses.json`: what losses, metrics and thresholds are worth by an independent computation.
package struct LossGoldens: Decodable, Sendable {
    package let losses: [LossGolden]
    package let metrics: [MetricGolden]
    package let thresholds: [ThresholdGolden]

    package static func load() throws -> LossGoldens { try GoldenFolder.decode(LossGoldens.self, from: "losses.json") }
}

/// One loss on one batch, for all exits.
package struct LossGolden: Decodable, Sendable {
    /// Deviations from the loss's defaults.
    package struct Options: Decodable, Sendable {
        package let alpha: Double?
        package let beta: Double?
        package let gamma: Double?
        package let temperature: Double?
        /// `drop` or `keep`.
        package let distillationWhereWrong: String?
        /// `per_exit`, `final` or `either`.
        package let wrongRule: String?
        /// `kl_to_uniform` or `kl_from_uniform`.
        package let entropyForm: String?
        package let lastExitEntropy: Bool?
        package let lambda: Double?
        package let rho: Double?
        package let eta: Double?
        package let mu: Double?
        package let ramp: Double?

        private enum CodingKeys: String, CodingKey {
            case alpha, beta, gamma, rho, eta, mu, ramp
            case temperature = "T"
            case distillationWhereWrong = "kd_where_wrong"
            case wrongRule = "wrong_rule"
            case entropyForm = "entropy_form"
            case lastExitEntropy = "last_exit_entropy"
            case lambda = "lam"
        }
    }

    /// `crossEntropy`, `kd`, `erde` or `mate`.
    package let name: String
    package let options: Options
    /// By exit, image, class.
    package let studentLogits: [[[Double]]]
    /// By exit, image, class.
    package let teacherLogits: [[[Double]]]
    package let labels: [Int32]
    package let loss: Double
    /// By exit, image, class.
    package let studentLogitGradients: [[[Double]]]
    /// MATE only: by target, teacher exit.
    package let teacherWeightLogits: [[Double]]?
    package let teacherWeightGradients: [[Double]]?
    package let studentPart: Double?
    package let weightPart: Double?
}

/// The metrics of one exit.
package struct MetricGolden: Decodable, Sendable {
    /// By image, class.
    package let logits: [[Double]]
    package let labels: [Int32]
    package let entropyNats: [Double]
    /// Expected calibration error over 15 bins of equal width.
    package let ece15: Double
    package let aurocOfNegativeEntropy: Double
    package let accuracy: Double
    package let bestTemperature: Double
    package let nllAtBestTemperature: Double
    package let nllAt1: Double
}

/// The best thresholds for one budget, by trying them all.
package struct ThresholdGolden: Decodable, Sendable {
    /// By exit, image.
    package let entropyNats: [[Double]]
    /// By exit, image; 1 where right.
    package let correct: [[Int]]
    package let cumulativeMACs: [Double]
    package let meanMACBudget: Double
    package let bestCorrectCount: Int
    package let leastMeanMACsAtThatCount: Double
}
