import ArgumentParser

/// Height and width of images: `224`, or `224x320` with the height first.
struct ImageSize: ExpressibleByArgument, Sendable {
    let height: Int
    let width: Int

    init?(argument: String) {
        let parts = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard 1...2 ~= parts.count, parts.allSatisfy({ 1...65_536 ~= $0 }) else { return nil }
        (height, width) = (parts[0], parts[parts.count - 1])
    }
}
