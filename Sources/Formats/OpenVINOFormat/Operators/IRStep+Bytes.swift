import Graphs
import Tensors

extension [IRStep] {
    /// The operator's first operand as bytes.
    ///
    /// `FakeQuantize` cuts off below and above and rounds to the integers between. With `Convert` to bytes, and `Convert` and
    /// `Multiply` behind them, it is what OpenVINO reads QDQ files as, and it runs layers between two of them on integers. A
    /// `FakeQuantize` from floats to floats would say the same in one layer; but where a concatenation reads such a one, OpenVINO
    /// 2026.4 moves it behind the concatenation and computes something else.
    ///
    /// Source: OpenVINO documentation, "FakeQuantize", operator set 1.
    ///
    /// - Parameter rank: of the operand; the bounds have as many axes, of extent 1.
    static func bytes(_ quantization: Quantization, rank: Int) -> [IRStep] {
        let integers = quantization.dataType.integers ?? 0...0
        let shape = [Int](repeating: 1, count: rank)
        func bound(_ integer: Int, _ step: Double) -> IRStep.Operand {
            .constant(IRConstant(Double(integer) * step, shape: shape))
        }
        let scale = Double(quantization.scales[0])
        return [
            IRStep(
                type: "FakeQuantize",
                operands: [
                    .operand(0), bound(integers.lowerBound, scale), bound(integers.upperBound, scale),
                    bound(integers.lowerBound, 1), bound(integers.upperBound, 1),
                ], attributes: [("levels", "\(integers.count)"), ("auto_broadcast", "numpy")]),
            .convert(.previous, to: IRElement(quantization.dataType)),
        ]
    }
}
