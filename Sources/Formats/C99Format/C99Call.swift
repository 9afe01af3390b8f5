import Tensors

/// A call before it is known where values lie.
struct C99Call {
    let function: String
    /// `%y` stands for the place of the result, `%0`, `%1` … for those of the operands.
    let arguments: String
    /// Names of values and of constant arrays.
    let operands: [String]
    let result: String

    /// The statement in C.
    ///
    /// - Parameters:
    ///   - offsets: where values begin in the workspace, in floats; what is not among them goes by its name.
    ///   - byteTypes: the element types of values that are not floats.
    func text(_ offsets: [String: Int], _ byteTypes: [String: DataType]) -> String {
        func place(_ name: String) -> String {
            guard let offset = offsets[name] else { return name }
            return byteTypes[name].map { "(\($0.c99) *)(workspace + \(offset))" } ?? "workspace + \(offset)"
        }
        var arguments = arguments.replacing("%y", with: place(result))
        // From the last, so that %1 is not taken for the beginning of %10.
        for (index, operand) in operands.enumerated().reversed() {
            arguments = arguments.replacing("%\(index)", with: place(operand))
        }
        return "\(function)(\(arguments));"
    }
}
