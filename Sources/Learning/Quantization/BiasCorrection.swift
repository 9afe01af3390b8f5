package import Graphs
import Tensors

extension Graph {
    /// What rounding the weights of each quantized convolution adds to its channels on average, with the sign turned: the
    /// shift that `QuantizationPlan.biasShifts` takes.
    ///
    /// For weight error `e` and mean input `E[x]` by channel, the mean error of output channel `o` is
    /// `Σ e[o,c,i,j]·E[x_c]` (Nagel et al., "Data-free quantization", 2019, section 4.2). Padding is not counted.
    ///
    /// - Parameter statistics: of the values that the convolutions read, by name.
    package func biasShifts(
        _ parameters: Parameters, _ plan: QuantizationPlan, _ statistics: [String: ActivationStatistics]
    ) -> [String: [Float]] {
        let quantized = Set(QuantizationSites(self, keepingInFloat: plan.floatLayers).layers)
        var shifts: [String: [Float]] = [:]
        for node in nodes {
            guard case .convolution(let attributes) = node.op, quantized.contains(name(of: node.outputs[0])),
                let weight = parameters[name(of: node.inputs[1])], let input = statistics[name(of: node.inputs[0])]
            else { continue }
            let stored = plan.weightQuantization(weight, bias: nil, inputScale: 1)
            let (outputs, inner) = (weight.shape[0], weight.shape[1])
            let area = weight.shape[2] * weight.shape[3]
            let scalars = weight.floats
            shifts[name(of: node.outputs[0])] = (0..<outputs).map { output in
                let scale = Double(stored.scales[stored.isPerChannel ? output : 0])
                let firstInput = output / (outputs / attributes.groups) * inner
                var error = 0.0
                for channel in 0..<inner {
                    for place in 0..<area {
                        let exact = Double(scalars[(output * inner + channel) * area + place])
                        error +=
                            (stored.integer(for: exact, channel: output) * scale - exact)
                            * input.means[firstInput + channel]
                    }
                }
                return Float(-error)
            }
        }
        return shifts
    }
}
