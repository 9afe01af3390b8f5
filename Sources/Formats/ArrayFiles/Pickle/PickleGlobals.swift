import Diagnostics

/// The few names that pickled arrays ask for, and what they make of their arguments.
enum PickleGlobals {
    /// What a name stands for, or nil when it is not among the few.
    static func function(module: String, name: String) -> PickleNode.Function? {
        switch (module, name) {
        case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"): .reconstruct
        case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"): .scalar
        case ("numpy.core.numeric", "_frombuffer"), ("numpy._core.numeric", "_frombuffer"): .fromBuffer
        case ("numpy", "ndarray"): .arrayClass
        case ("numpy", "dtype"): .elementType
        case ("_codecs", "encode"): .encode
        case ("builtins", "bytes"), ("__builtin__", "bytes"), ("builtins", "bytearray"), ("__builtin__", "bytearray"): .bytes
        default: nil
        }
    }

    /// What a function makes of a tuple of arguments.
    ///
    /// - Parameter encoded: bytes that may still be made of texts, which the call takes from.
    static func call(
        _ function: PickleNode, with arguments: PickleNode, encoded: inout Int, name: String
    ) throws(ErdeError) -> PickleNode {
        guard case .function(let function) = function.content, case .tuple(let arguments) = arguments.content else {
            throw damaged(name, "something is called that cannot be")
        }
        switch function {
        case .reconstruct: return PickleNode(.emptyArray)
        case .arrayClass: throw damaged(name, "an array is made without its elements")
        case .elementType:
            guard let code = arguments.first?.string else { throw damaged(name, "an element type without a name") }
            return PickleNode(.elementType(try element(code, name: name), isBigEndian: code.hasPrefix(">")))
        case .encode:
            guard case .value(.text(let text)) = arguments.first?.content else { throw damaged(name, "no text to encode") }
            encoded -= text.utf8.count
            if encoded < 0 { throw damaged(name, "more bytes as text than the file has") }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.utf8.count)
            for scalar in text.unicodeScalars {
                guard scalar.value < 256 else { throw damaged(name, "text that is no Latin-1") }
                bytes.append(UInt8(scalar.value))
            }
            return PickleNode(.value(.bytes(bytes[...])))
        case .bytes:
            guard arguments.isEmpty else {
                guard arguments.count == 1, case .value(.bytes(let bytes)) = arguments[0].content else {
                    throw damaged(name, "bytes of something else")
                }
                return PickleNode(.value(.bytes(bytes)))
            }
            return PickleNode(.value(.bytes([])))
        case .fromBuffer:
            guard arguments.count == 4, case .value(.bytes(let bytes)) = arguments[0].content,
                case .elementType(let element, let isBigEndian) = arguments[1].content, let extents = arguments[2].extents,
                let order = arguments[3].string
            else { throw damaged(name, "an array of other parts than expected") }
            return try array(
                extents: extents, element: element, isBigEndian: isBigEndian, isFortran: order == "F", bytes: bytes, name: name)
        case .scalar:
            guard arguments.count == 2, case .elementType(let element, let isBigEndian) = arguments[0].content,
                case .value(.bytes(let bytes)) = arguments[1].content,
                let value = try NumericArray(
                    extents: [1], element: element, order: .rows, isBigEndian: isBigEndian, bytes: bytes, name: name
                ).integers?.first
            else { throw damaged(name, "a number of other parts than expected") }
            return PickleNode(.value(.integer(value)))
        }
    }

    /// Gives an array or an element type its state.
    static func build(_ target: PickleNode, from state: PickleNode, name: String) throws(ErdeError) -> PickleNode {
        guard case .tuple(let state) = state.content else { throw damaged(name, "a state that is no tuple") }
        switch target.content {
        case .elementType(let element, _):
            let order = state.count > 1 ? state[1].string : nil
            target.content = .elementType(element, isBigEndian: order == ">")
            return target
        case .emptyArray:
            guard state.count == 5, let extents = state[1].extents,
                case .elementType(let element, let isBigEndian) = state[2].content, case .value(let isFortran) = state[3].content,
                case .value(.bytes(let bytes)) = state[4].content
            else { throw damaged(name, "an array of other parts than expected") }
            let inColumns: Bool
            switch isFortran {
            case .bool(let value): inColumns = value
            case .integer(let value): inColumns = value != 0
            case .none, .float, .bytes, .text, .list, .dictionary, .array: throw damaged(name, "an array without an order")
            }
            let filled = try array(
                extents: extents, element: element, isBigEndian: isBigEndian, isFortran: inColumns, bytes: bytes, name: name)
            // The array may have been remembered before it had its state.
            target.content = filled.content
            return target
        case .value, .list, .tuple, .dictionary, .function: throw damaged(name, "a state for something that has none")
        }
    }

    private static func array(
        extents: [Int], element: NumericArray.Element, isBigEndian: Bool, isFortran: Bool, bytes: ArraySlice<UInt8>, name: String
    ) throws(ErdeError) -> PickleNode {
        PickleNode(
            .value(
                .array(
                    try NumericArray(
                        extents: extents, element: element, order: isFortran ? .columns : .rows, isBigEndian: isBigEndian,
                        bytes: bytes, name: name))))
    }

    /// `u1`, `<i8`, `|b1` and the like.
    private static func element(_ code: String, name: String) throws(ErdeError) -> NumericArray.Element {
        let letters = code.drop { "<>|=".contains($0) }
        guard let count = Int(letters.dropFirst()), [1, 2, 4, 8].contains(count) else {
            throw ErdeError(.badData, name, "has an array of \(code)", remedy: "check that it is the right file")
        }
        switch letters.first {
        case "u": return .unsigned(bytes: count)
        case "i": return .signed(bytes: count)
        case "b" where count == 1: return .unsigned(bytes: 1)
        case "f" where count >= 4: return .float(bytes: count)
        default: throw ErdeError(.badData, name, "has an array of \(code)", remedy: "check that it is the right file")
        }
    }

    private static func damaged(_ name: String, _ what: String) -> ErdeError {
        ErdeError(.badData, name, "damaged pickle: \(what)", remedy: "get the file again")
    }
}
