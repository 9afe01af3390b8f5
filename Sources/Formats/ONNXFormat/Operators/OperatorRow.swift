import Diagnostics
import Graphs

/// How one kind of operator is written as an ONNX node and read from one (operator set 17).
struct OperatorRow: Sendable {
    /// What an operator adds to its node beside the operands.
    struct Encoded: Sendable {
        var attributes: [ONNXAttribute] = []
        /// Constants that follow the operands as inputs, under the node's name with their own added.
        var constants: [ONNXTensor] = []
    }

    /// ONNX's name of the operator.
    let type: String
    /// The attributes that `decode` understands; a node with any other is refused, since it may mean something else.
    let attributes: Set<String>
    /// What a stored tensor becomes when it is read at a position; anywhere else it is a constant.
    var roles: [Int: Variable.Role] = [:]
    /// The number of operands in front of the node's own constants.
    let operands: ClosedRange<Int>
    /// What to write for an operator of this kind.
    let encode: @Sendable (Op) -> Encoded
    /// The operator that a node stands for.
    let decode: @Sendable (borrowing NodeReader) throws(ErdeError) -> Op
}

extension OperatorRow {
    /// An operator without attributes.
    static func plain(_ type: String, operands count: Int, _ op: Op) -> OperatorRow {
        OperatorRow(type: type, attributes: [], operands: count...count) { _ in
            Encoded()
        } decode: { _ throws(ErdeError) in
            op
        }
    }
}
