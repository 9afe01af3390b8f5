/// A network of OpenVINO's IR, version 11, under construction: layers with numbered ports, edges between them, and the
/// bytes of the constants.
///
/// Layers are added behind those that they read. Inputs of a layer have the ports 0, 1 …, its output the next.
///
/// Source of the format: OpenVINO documentation, "OpenVINO IR Format" and "Operation Sets".
struct IRDocument {
    /// The output of a layer.
    struct Output {
        let layer: Int
        let port: Int
        let type: IRType
    }

    private static let version = 11

    private var layers: [XMLElement] = []
    private var edges: [XMLElement] = []
    private var names: Set<String> = []
    private(set) var weights = IRWeights()

    /// A tensor that is fed.
    mutating func parameter(_ name: String, _ type: IRType) -> Output {
        let data = [("shape", type.shapeText), ("element_type", type.element.rawValue)]
        return add("Parameter", named: name, attributes: data, inputs: [], type, tensorName: name)
    }

    /// A tensor that lies in the file of the weights.
    mutating func constant(_ name: String, _ constant: IRConstant) -> Output {
        let data = [
            ("element_type", constant.element.rawValue), ("shape", constant.type.shapeText),
            ("offset", "\(weights.add(constant.bytes))"), ("size", "\(constant.bytes.count)"),
        ]
        return add("Const", named: name, attributes: data, inputs: [], constant.type)
    }

    /// A layer with one output.
    ///
    /// - Parameters:
    ///   - name: what it is called, or begins with when another is called so.
    ///   - operatorSet: the oldest that has the layer in this form.
    ///   - tensorName: what a program calls its output.
    mutating func add(
        _ type: String, operatorSet: Int = 1, named name: String, attributes: [(String, String)] = [], inputs: [Output],
        _ result: IRType, tensorName: String? = nil
    ) -> Output {
        let port = inputs.count
        begin(type, operatorSet, name, attributes, inputs, result: result.port(port, tensorName: tensorName))
        return Output(layer: layers.count - 1, port: port, type: result)
    }

    /// Makes a layer's output one of the network's.
    mutating func result(_ name: String, _ output: Output) {
        begin("Result", 1, "\(name)_result", [], [output], result: nil)
    }

    private mutating func begin(
        _ type: String, _ operatorSet: Int, _ name: String, _ attributes: [(String, String)], _ inputs: [Output],
        result: XMLElement?
    ) {
        let id = layers.count
        var children: [XMLElement] = []
        if !attributes.isEmpty { children.append(XMLElement("data", attributes.map { (name: $0.0, value: $0.1) })) }
        if !inputs.isEmpty {
            children.append(XMLElement("input", children: inputs.enumerated().map { $1.type.port($0) }))
        }
        if let result { children.append(XMLElement("output", children: [result])) }
        let named = [("id", "\(id)"), ("name", unused(name)), ("type", type), ("version", "opset\(operatorSet)")]
        layers.append(XMLElement("layer", named.map { (name: $0.0, value: $0.1) }, children: children))
        for (port, input) in inputs.enumerated() {
            edges.append(
                XMLElement(
                    "edge",
                    [
                        ("from-layer", "\(input.layer)"), ("from-port", "\(input.port)"), ("to-layer", "\(id)"),
                        ("to-port", "\(port)"),
                    ]))
        }
    }

    private mutating func unused(_ base: String) -> String {
        var name = base
        var number = 2
        while !names.insert(name).inserted {
            name = "\(base)_\(number)"
            number += 1
        }
        return name
    }

    /// The XML file.
    ///
    /// - Parameter information: elements for `rt_info`.
    func text(name: String, information: [XMLElement]) -> String {
        XMLElement(
            "net", [("name", name), ("version", "\(Self.version)")],
            children: [
                XMLElement("layers", children: layers), XMLElement("edges", children: edges),
                XMLElement("rt_info", children: information),
            ]
        ).document
    }
}
