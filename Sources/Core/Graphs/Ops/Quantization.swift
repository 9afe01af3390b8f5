package import Tensors

/// How floats stand for integers: `x ≈ scale · q`, with no zero point.
///
/// Images and what a ReLU gives are never negative and use all of uint8; what has a sign is int8 around zero; a bias is
/// int32 in units of its convolution's products.
package struct Quantization: Hashable, Sendable {
    /// int8, uint8 or int32.
    package let dataType: DataType
    /// What a step of one is worth: one for the whole tensor, or one for each index along axis 0.
    package let scales: [Float]

    package init(_ dataType: DataType, scales: [Float]) {
        self.dataType = dataType
        self.scales = scales
    }

    package init(_ dataType: DataType, scale: Float) { self.init(dataType, scales: [scale]) }

    package var isPerChannel: Bool { scales.count > 1 }

    /// Floats between which a value is at most half a step away from one that it can stand for.
    package var passing: (lower: Double, upper: Double) {
        let integers = dataType.integers ?? 0...0
        let scale = Double(scales[0])
        return ((Double(integers.lowerBound) - 0.5) * scale, (Double(integers.upperBound) + 0.5) * scale)
    }

    /// A scale that numbers can be divided by: itself, or 1 where it is too small. All that it is the scale of is then zero or
    /// next to it, and becomes 0.
    package static func divisor<Scale: BinaryFloatingPoint>(_ scale: Scale) -> Scale {
        scale > Scale(Float.leastNormalMagnitude) ? scale : 1
    }

    /// The integer for `x`, by the scale at `channel`.
    package func integer(for x: Double, channel: Int = 0) -> Double {
        let integers = dataType.integers ?? 0...0
        let nearest = (x / Double(scales[isPerChannel ? channel : 0])).rounded(.toNearestOrEven)
        return min(max(nearest, Double(integers.lowerBound)), Double(integers.upperBound))
    }
}
