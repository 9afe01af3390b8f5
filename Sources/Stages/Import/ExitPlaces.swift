package import Artifacts

/// Where exits are added to a network.
package enum ExitPlaces: Hashable, Sendable {
    /// So many, evenly spread over the network's multiply-adds.
    case count(Int)
    /// Behind these values, by name.
    case names([String])
}

/// How exits are added to a network, and what is trained.
package struct ExitAddition: Hashable, Sendable {
    package var places: ExitPlaces
    package var head: ArchitectureDescription.Head
    /// In front of each new exit's fully connected layer.
    package var dropout: Double

    package init(places: ExitPlaces, head: ArchitectureDescription.Head, dropout: Double) {
        self.places = places
        self.head = head
        self.dropout = dropout
    }
}
