import ArgumentParser

/// One number, or one for each channel, separated by commas: `0.485,0.456,0.406`.
struct ChannelNumbers: ExpressibleByArgument, Sendable {
    let numbers: [Float]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) }
        guard !parts.isEmpty, parts.allSatisfy({ $0?.isFinite == true }) else { return nil }
        numbers = parts.compactMap { $0 }
    }
}
