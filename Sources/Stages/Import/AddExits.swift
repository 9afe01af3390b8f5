package import Architectures
package import Artifacts
package import Diagnostics
import Graphs

/// The network with new exits, untrained, and where they stand.
///
/// - Throws: `ErdeError` of kind `usage` when there are no such places, or the network has several exits already.
package func addExits(
    to model: Model, _ addition: ExitAddition, seed: UInt64
) throws(ErdeError) -> (model: Model, places: [BlockBoundary]) {
    guard model.exitCount == 1 else {
        throw ErdeError(
            .usage, "--add-exits", "the network has \(model.exitCount) exits already", remedy: "leave the option out")
    }
    let places = try places(addition.places, in: model.graph)
    var result = model
    result.graph = try model.graph.addingExits(at: places.map(\.value), head: addition.head, dropout: addition.dropout)
    result.parameters = initialParameters(for: result.graph, seed: seed)
    result.parameters.tensors.merge(model.parameters.tensors) { _, own in own }
    let macs = result.graph.cost().cumulativeMACs
    for (place, pair) in zip(places, zip(macs, macs.dropFirst())) where pair.0 >= pair.1 {
        throw ErdeError(
            .usage, "--add-exits", "an exit at \(place.name) costs what the next one costs: nothing would be saved there",
            remedy: "choose an earlier place")
    }
    result.metadata.cumulativeMACs = macs
    return (result, places)
}

private func places(_ wanted: ExitPlaces, in graph: Graph) throws(ErdeError) -> [BlockBoundary] {
    switch wanted {
    case .count(let count):
        let found = graph.boundaries(forExits: count)
        guard found.count == count else {
            let most = graph.exitPlaces().count
            guard most > 0 else {
                throw ErdeError(
                    .usage, "--add-exits", "the network has no place through which everything flows, where an exit could stand",
                    remedy: "leave the option out")
            }
            throw ErdeError(
                .usage, "--add-exits",
                "the network has only \(most) \(noun("place", for: most)) through which everything flows, \(count) exits are "
                    + "asked for",
                remedy: "ask for at most \(most)")
        }
        return found
    case .names(let names):
        let known = graph.blockBoundaries()
        let found = known.filter { names.contains($0.name) }
        let missing = names.filter { name in !known.contains { $0.name == name } }
        guard missing.isEmpty else {
            let some = known.suffix(12).map(\.name).joined(separator: ", ")
            throw ErdeError(
                .usage, "--add-exits", "no block of the network ends at \(missing.joined(separator: ", "))",
                remedy: "choose a place where one does, such as \(some)")
        }
        return found
    }
}
