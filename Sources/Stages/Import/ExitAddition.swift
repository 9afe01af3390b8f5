package import Artifacts

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
