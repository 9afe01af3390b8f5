import Graphs
import Tensors

/// Layers with weights, and windows.
extension NCNNTable {
    func convolution(_ attributes: ConvolutionAttributes, _ node: Node, _ activation: NCNNActivation?) -> NCNNOperator {
        if let layer = byteConvolution(attributes, node, activation) { return layer }
        guard let (weight, bias) = layerTensors(node) else { return .refused("its weights are computed") }
        var parameters = convolutionParameters(attributes, weight.shape, hasBias: bias != nil)
        parameters += activation?.parameters ?? []
        return .layer(
            attributes.groups == 1 ? "Convolution" : "ConvolutionDepthWise", parameters,
            weights: [.tagged(weight.floats)] + (bias.map { [.raw($0.floats)] } ?? []))
    }

    /// Everything but activation and quantization.
    func convolutionParameters(_ attributes: ConvolutionAttributes, _ weight: Shape, hasBias: Bool) -> [NCNNParameter] {
        let padding = attributes.padding
        let numbers = [
            (0, weight[0]), (1, weight[3]), (11, weight[2]), (2, attributes.dilations.width),
            (12, attributes.dilations.height), (3, attributes.strides.width), (13, attributes.strides.height),
            (4, padding.left), (15, padding.right), (14, padding.top), (16, padding.bottom), (5, hasBias ? 1 : 0),
            (6, weight.count),
        ]
        return numbers.map { .integer($0, $1) } + (attributes.groups == 1 ? [] : [.integer(7, attributes.groups)])
    }

    func linear(_ node: Node, _ activation: NCNNActivation?) -> NCNNOperator {
        if let layers = byteLinear(node, activation) { return layers }
        guard let (weight, bias) = layerTensors(node) else { return .refused("its weights are computed") }
        let numbers = [(0, weight.shape[0]), (1, bias == nil ? 0 : 1), (2, weight.shape.count)]
        return .layer(
            "InnerProduct", numbers.map { .integer($0, $1) } + (activation?.parameters ?? []),
            weights: [.tagged(weight.floats)] + (bias.map { [.raw($0.floats)] } ?? []))
    }

    /// Weight and bias; nil where one is computed.
    private func layerTensors(_ node: Node) -> (weight: Tensor, bias: Tensor?)? {
        guard let weight = stored(node.inputs[1]) else { return nil }
        guard node.inputs.count > 2 else { return (weight, nil) }
        return stored(node.inputs[2]).map { (weight, $0) }
    }

    func normalization(_ attributes: BatchNormalizationAttributes, _ node: Node) -> NCNNOperator {
        let tensors = node.inputs.dropFirst().compactMap { stored($0)?.floats }
        guard tensors.count == 4 else { return .refused("its tensors are computed") }
        // ncnn reads scale, mean, variance, bias.
        return .layer(
            "BatchNorm", [.integer(0, tensors[0].count), .float(1, attributes.epsilon)],
            weights: [tensors[0], tensors[2], tensors[3], tensors[1]].map { .raw($0) })
    }

    /// What a window keeps: the number of ncnn's layer.
    enum Pool: Int {
        case maximum = 0
        case average = 1
    }

    /// Pad mode 1: windows that do not fit are left out, as they are here. Mode 0 would add rows and columns for them.
    func pool(_ kind: Pool, _ attributes: PoolAttributes) -> NCNNOperator {
        let padding = attributes.padding
        let numbers = [
            (0, kind.rawValue), (1, attributes.kernel.width), (11, attributes.kernel.height), (2, attributes.strides.width),
            (12, attributes.strides.height), (3, padding.left), (14, padding.right), (13, padding.top),
            (15, padding.bottom), (5, 1), (6, attributes.countsPadding ? 1 : 0),
        ]
        return .layer("Pooling", numbers.map { .integer($0, $1) })
    }
}
