extension ONNXValueInfo {
    /// Name and shape: `image [N, 3, 32, 32]`.
    var text: String {
        let extents = (shape ?? []).map { dimension in
            switch dimension {
            case .fixed(let extent): "\(extent)"
            case .named(let name): printable(name)
            case .unknown: "?"
            }
        }
        return "\(printable(name)) [\(extents.joined(separator: ", "))]"
    }
}
