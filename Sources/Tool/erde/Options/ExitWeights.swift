import ArgumentParser

/// One weight per exit, shallowest first, separated by commas: `0.5,1,1`.
struct ExitWeights: ExpressibleByArgument, Sendable {
    let weights: [Double]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard !parts.isEmpty, parts.allSatisfy({ $0?.isFinite == true }) else { return nil }
        weights = parts.compactMap { $0 }
    }
}
