/// What a step is told beside its images.
struct StepSettings {
    var learningRate: Double
    /// Two words, new in every step.
    var dropoutSeed: [Int32]
    /// How much of the self-distillation counts, 0…1.
    var ramp: Double
}
