package import Tensors

/// What is decided before a graph is quantized.
package struct QuantizationPlan: Sendable {
    /// The floats that each value takes, by name; of those in `QuantizationSites.values` at least.
    package var ranges: [String: ClosedRange<Float>]
    /// Layers that stay in float, by name.
    package var floatLayers: Set<String>
    /// Weights are −limit…limit: 127, or 63 where sums of two products saturate.
    package var weightLimit: Int
    /// What is added to each output channel of a convolution before it is quantized, by name.
    package var biasShifts: [String: [Float]] = [:]

    package init(ranges: [String: ClosedRange<Float>], floatLayers: Set<String> = [], weightLimit: Int = 127) {
        self.ranges = ranges
        self.floatLayers = floatLayers
        self.weightLimit = weightLimit
    }

    /// The quantization of a value that takes these floats: unsigned where none is negative.
    ///
    /// Where every float is zero any scale is right; it is 1, also where the scale would be too small to divide by.
    package static func quantization(of range: ClosedRange<Float>) -> Quantization {
        let largest = max(abs(range.lowerBound), abs(range.upperBound))
        let isSigned = range.lowerBound < 0
        let scale = largest / (isSigned ? 127 : 255)
        return Quantization(isSigned ? .int8 : .uint8, scale: Quantization.divisor(scale))
    }

    /// How a convolution's weight `[O, …]` becomes bytes.
    package func weightQuantization(_ weight: Tensor, bias: [Float]?, inputScale: Float) -> Quantization {
        Quantization(
            .int8, scales: Self.weightScales(weight, bias: bias, inputScale: inputScale, limit: weightLimit))
    }

    /// A weight's scales, one for each output channel, so that its largest magnitude is `limit` steps.
    ///
    /// - Parameters:
    ///   - weight: `[O, …]`
    ///   - bias: `[O]`; its integers, in steps of the products, must fit into 32 bits.
    ///   - inputScale: of what the weight is multiplied by.
    package static func weightScales(_ weight: Tensor, bias: [Float]?, inputScale: Float, limit: Int) -> [Float] {
        let channels = weight.shape[0]
        let size = max(1, weight.shape.count / max(1, channels))
        let scalars = weight.floats
        return (0..<channels).map { channel in
            var largest: Float = 0
            for index in channel * size..<(channel + 1) * size { largest = max(largest, abs(scalars[index])) }
            let forBias = abs(bias?[channel] ?? 0) / (inputScale * 0x1p30)
            return Quantization.divisor(max(largest / Float(limit), forBias))
        }
    }
}
