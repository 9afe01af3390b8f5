import CProtobufC
import CSchemas
import Diagnostics

/// The number types of ONNX tensors, by ONNX's numbers.
enum ElementType: Int32 {
    case float = 1
    case uint8 = 2
    case int8 = 3
    case uint16 = 4
    case int16 = 5
    case int32 = 6
    case int64 = 7
    case bool = 9
    case float16 = 10
    case double = 11
    case uint32 = 12
    case uint64 = 13
    case bfloat16 = 16

    /// Bytes of one element.
    var size: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .float, .int32, .uint32: 4
        case .int64, .double, .uint64: 8
        }
    }

    /// Whether elements become floats; the others become integers.
    var isFloat: Bool {
        switch self {
        case .float, .float16, .double, .bfloat16: true
        case .uint8, .int8, .uint16, .int16, .int32, .int64, .bool, .uint32, .uint64: false
        }
    }

    /// An integer as this type of integers holds it: what lies beyond its range wraps around. Nil for what is beyond that of
    /// `Int64` in uint64.
    func wrapped(_ number: Int64) -> Int64? {
        switch self {
        case .bool: number == 0 ? 0 : 1
        case .uint8: Int64(UInt8(truncatingIfNeeded: number))
        case .int8: Int64(Int8(truncatingIfNeeded: number))
        case .uint16: Int64(UInt16(truncatingIfNeeded: number))
        case .int16: Int64(Int16(truncatingIfNeeded: number))
        case .uint32: Int64(UInt32(truncatingIfNeeded: number))
        case .int32: Int64(Int32(truncatingIfNeeded: number))
        case .uint64: number < 0 ? nil : number
        case .int64, .float, .float16, .double, .bfloat16: number
        }
    }

    /// The elements of a message: from the bytes given, its raw bytes, or the field of its type.
    ///
    /// - Parameters:
    ///   - outside: bytes from another file.
    ///   - failure: makes an error of a problem.
    func decode(
        _ message: Onnx__TensorProto, _ count: Int, outside: [UInt8]?, failure: (String) -> ErdeError
    ) throws(ErdeError) -> ONNXTensor.Elements {
        if let outside { return outside.withUnsafeBytes { elements($0, count) } }
        if message.has_raw_data != 0 {
            guard message.raw_data.len == count * size else {
                throw failure("has \(message.raw_data.len) bytes, expected \(count) elements")
            }
            return elements(UnsafeRawBufferPointer(start: message.raw_data.data, count: message.raw_data.len), count)
        }
        let found = fieldCount(message)
        guard found == count else { throw failure("has \(found) elements, expected \(count)") }
        return field(message)
    }

    private func elements(_ bytes: UnsafeRawBufferPointer, _ count: Int) -> ONNXTensor.Elements {
        func read<Scalar: BitwiseCopyable, Result>(_ type: Scalar.Type, _ convert: (Scalar) -> Result) -> [Result] {
            (0..<count).map { convert(bytes.loadUnaligned(fromByteOffset: $0 * size, as: type)) }
        }
        switch self {
        case .float:
            guard let start = bytes.baseAddress, count > 0 else { return .floats([]) }
            return .floats(
                [Float](unsafeUninitializedCapacity: count) { buffer, filled in
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(
                        from: UnsafeRawBufferPointer(start: start, count: count * 4))
                    filled = count
                })
        case .float16: return .floats(read(UInt16.self) { Float(Float16(bitPattern: $0)) })
        case .bfloat16: return .floats(read(UInt16.self) { Float(bitPattern: UInt32($0) << 16) })
        case .double: return .floats(read(Double.self) { Float($0) })
        case .uint8, .bool: return .integers(read(UInt8.self) { Int64($0) })
        case .int8: return .integers(read(Int8.self) { Int64($0) })
        case .uint16: return .integers(read(UInt16.self) { Int64($0) })
        case .int16: return .integers(read(Int16.self) { Int64($0) })
        case .int32: return .integers(read(Int32.self) { Int64($0) })
        case .uint32: return .integers(read(UInt32.self) { Int64($0) })
        case .int64: return .integers(read(Int64.self) { $0 })
        case .uint64: return .integers(read(UInt64.self) { Int64(clamping: $0) })
        }
    }

    private func fieldCount(_ message: Onnx__TensorProto) -> Int {
        switch self {
        case .float: message.n_float_data
        case .double: message.n_double_data
        case .int64: message.n_int64_data
        case .uint32, .uint64: message.n_uint64_data
        case .uint8, .int8, .uint16, .int16, .int32, .bool, .float16, .bfloat16: message.n_int32_data
        }
    }

    private func field(_ message: Onnx__TensorProto) -> ONNXTensor.Elements {
        let narrow = numbers(message.int32_data, message.n_int32_data)
        switch self {
        case .float: return .floats(numbers(message.float_data, message.n_float_data))
        case .double: return .floats(numbers(message.double_data, message.n_double_data).map { Float($0) })
        case .float16: return .floats(narrow.map { Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0))) })
        case .bfloat16: return .floats(narrow.map { Float(bitPattern: UInt32(UInt16(truncatingIfNeeded: $0)) << 16) })
        case .int64: return .integers(numbers(message.int64_data, message.n_int64_data))
        case .uint32, .uint64:
            return .integers(numbers(message.uint64_data, message.n_uint64_data).map { Int64(clamping: $0) })
        case .uint8, .int8, .uint16, .int16, .int32, .bool: return .integers(narrow.map { Int64($0) })
        }
    }
}
