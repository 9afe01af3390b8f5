import Tensors

/// A constant array in C.
struct C99Constant {
    let name: String
    let tensor: Tensor

    /// The type of its elements.
    var dataType: DataType { tensor.dataType }

    /// The array with its contents; bytes are packed closer.
    var text: String {
        let elements: [String] =
            switch tensor.storage {
            case .float32(let scalars): scalars.map(\.c99)
            case .int32(let scalars): scalars.map(String.init)
            case .int8(let scalars): scalars.map(String.init)
            case .uint8(let scalars): scalars.map(String.init)
            }
        let columns = dataType.byteCount == 1 ? 20 : 8
        var text = "static const \(dataType.c99) \(name)[\(max(1, elements.count))] = {"
        for (index, element) in elements.enumerated() {
            text += index % columns == 0 ? "\n    " : " "
            text += element + ","
        }
        return text + "\n};"
    }
}
