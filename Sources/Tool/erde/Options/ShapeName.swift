import ArgumentParser

/// What the graph of a written file computes, by name.
enum ShapeName: String, ExpressibleByArgument, CaseIterable {
    case all
    case cut
    case dynamic
    case stages
}
