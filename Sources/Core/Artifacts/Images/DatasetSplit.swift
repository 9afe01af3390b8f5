/// The parts of a dataset, by what they may be used for.
package enum DatasetSplit: String, Hashable, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
    /// Weights are learned here; mean and deviation come from here.
    case train
    /// Thresholds, temperatures and choices are fitted here.
    case calibration
    /// Touched to report, never to choose.
    case test
}
