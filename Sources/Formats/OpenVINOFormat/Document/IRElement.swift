import Tensors

/// The element types of tensors in IR files that are written.
enum IRElement: String {
    case float32 = "f32"
    case int8 = "i8"
    case uint8 = "u8"
    case int32 = "i32"
    case int64 = "i64"
    case boolean

    init(_ type: DataType) {
        self =
            switch type {
            case .float32: .float32
            case .int32: .int32
            case .int8: .int8
            case .uint8: .uint8
            }
    }

    /// The name that ports have for it.
    var precision: String {
        switch self {
        case .float32: "FP32"
        case .int8: "I8"
        case .uint8: "U8"
        case .int32: "I32"
        case .int64: "I64"
        case .boolean: "BOOL"
        }
    }
}
