/// An ONNX model as Swift values: what the file says, before anything is understood.
struct ONNXModel: Sendable {
    var irVersion: Int64 = 8
    var producerName = ""
    var producerVersion = ""
    /// Version of each imported operator set by domain; "" is ONNX's own.
    var operatorSets: [String: Int64] = [:]
    /// Free text by key, in file order.
    var metadata: [(key: String, value: String)] = []
    var graph = ONNXGraph()
}

/// Nodes over named values.
struct ONNXGraph: Hashable, Sendable {
    var name = ""
    var nodes: [ONNXNode] = []
    var initializers: [ONNXTensor] = []
    var inputs: [ONNXValueInfo] = []
    var outputs: [ONNXValueInfo] = []
}

/// One operator application.
struct ONNXNode: Hashable, Sendable {
    var type: String
    var domain = ""
    var name = ""
    /// Names of values; "" leaves an optional one out.
    var inputs: [String]
    var outputs: [String]
    var attributes: [ONNXAttribute] = []

    /// Whether the operator is one of ONNX's own.
    var isStandard: Bool { domain.isEmpty || domain == "ai.onnx" }

    /// The operator, with its domain where that is not ONNX's own.
    var operatorName: String { isStandard ? type : "\(domain).\(type)" }
}

/// A named constant of a node.
struct ONNXAttribute: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case float(Float)
        case integer(Int64)
        case text(String)
        case floats([Float])
        case integers([Int64])
        case tensor(ONNXTensor)
        /// A branch or body; written, never read.
        case graph(ONNXGraph)
        /// Something erde does not read, by ONNX's type number.
        case other(UInt32)
    }

    var name: String
    var value: Value
}

/// A constant or weight.
struct ONNXTensor: Hashable, Sendable {
    enum Elements: Hashable, Sendable {
        case floats([Float])
        /// int64; in files of others any type of integers, which `integerType` names.
        case integers([Int64])
        case int8([Int8])
        case uint8([UInt8])
        case int32([Int32])
        /// Elements that erde does not read, by ONNX's type number.
        case other(Int32)

        /// How many there are; none where they are not read.
        var count: Int {
            switch self {
            case .floats(let numbers): numbers.count
            case .integers(let numbers): numbers.count
            case .int8(let numbers): numbers.count
            case .uint8(let numbers): numbers.count
            case .int32(let numbers): numbers.count
            case .other: 0
            }
        }
    }

    var name: String
    var dimensions: [Int]
    var elements: Elements
    /// What `integers` are stored as.
    var integerType = ElementType.int64
}

/// What a graph says of an input or output.
struct ONNXValueInfo: Hashable, Sendable {
    enum Dimension: Hashable, Sendable {
        case fixed(Int64)
        case named(String)
        case unknown
    }

    var name: String
    /// ONNX's number of the element type; nil when it is no tensor.
    var elementType: Int32?
    /// nil when the shape is not given.
    var shape: [Dimension]?
}
