import Graphs

/// One layer of those that an operator is written as.
struct IRStep {
    /// What a layer reads.
    enum Operand {
        /// An operand of the operator.
        case operand(Int)
        /// An operand that does not change with the batch, in another shape of the same elements.
        case shaped(Int, [Int])
        /// The step before.
        case previous
        case constant(IRConstant)
    }

    /// The layer's type in IR.
    let type: String
    /// The oldest operator set that has it in this form.
    var operatorSet = 1
    let operands: [Operand]
    var attributes: [(String, String)] = []
    var element = IRElement.float32
    /// The value whose extents the layer's result has; the operator's result without.
    var like: Value?
}

extension IRStep {
    /// Of two operands that are broadcast as NumPy does.
    static func binary(_ type: String, _ left: Operand, _ right: Operand, element: IRElement = .float32) -> IRStep {
        IRStep(type: type, operands: [left, right], attributes: [("auto_broadcast", "numpy")], element: element)
    }

    /// Of the operator's first operand alone.
    static func unary(_ type: String, _ attributes: [(String, String)] = []) -> IRStep {
        IRStep(type: type, operands: [.operand(0)], attributes: attributes)
    }

    /// The step before, in another element type.
    static func convert(_ operand: Operand, to element: IRElement) -> IRStep {
        IRStep(
            type: "Convert", operands: [operand], attributes: [("destination_type", element.rawValue)], element: element)
    }
}
