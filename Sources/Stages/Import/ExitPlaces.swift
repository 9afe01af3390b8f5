/// Where exits are added to a network.
package enum ExitPlaces: Hashable, Sendable {
    /// So many, evenly spread over the network's multiply-adds.
    case count(Int)
    /// Behind these values, by name.
    case names([String])
}
