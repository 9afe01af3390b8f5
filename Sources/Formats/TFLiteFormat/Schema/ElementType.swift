import Tensors

/// Element types of tensors: `TensorType` of TensorFlow Lite's schema.
enum ElementType: Int8, CaseIterable {
    case float32 = 0
    case int32 = 2
    case int8 = 9
}
