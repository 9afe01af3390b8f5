import ArgumentParser
import Import

/// A number, or names separated by commas.
extension ExitPlaces: ExpressibleByArgument {
    public init?(argument: String) {
        if let count = Int(argument) {
            guard 1...64 ~= count else { return nil }
            self = .count(count)
        } else {
            let names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard !names.contains("") else { return nil }
            self = .names(names)
        }
    }
}
