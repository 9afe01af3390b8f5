import Tensors

extension DataType {
    /// The element type in C.
    var c99: String {
        switch self {
        case .float32: "float"
        case .int32: "int32_t"
        case .int8: "int8_t"
        case .uint8: "uint8_t"
        }
    }

    /// What names of functions call it.
    var c99Suffix: String {
        switch self {
        case .float32: "f32"
        case .int32: "s32"
        case .int8: "s8"
        case .uint8: "u8"
        }
    }
}
