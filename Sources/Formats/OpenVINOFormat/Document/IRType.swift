/// Element type and extents of a tensor; an extent of nil is the batch, known only when the graph runs.
struct IRType {
    var element: IRElement
    var extents: [Int?]

    /// The extents as attributes hold them: `?,3,32,32`.
    var shapeText: String { extents.map { $0.map(String.init) ?? "?" }.joined(separator: ",") }

    /// A port of this type.
    ///
    /// - Parameter tensorName: what a program calls the tensor.
    func port(_ id: Int, tensorName: String? = nil) -> XMLElement {
        var attributes = [("id", "\(id)"), ("precision", element.precision)]
        // Names of one tensor are separated by commas.
        if let tensorName { attributes.append(("names", tensorName.replacing(",", with: "\\,"))) }
        return XMLElement(
            "port", attributes.map { (name: $0.0, value: $0.1) },
            children: extents.map { XMLElement("dim", text: $0.map(String.init) ?? "-1") })
    }
}
