import CLoops

/// How numbers lie in memory.
enum StoredElement: CaseIterable, Sendable {
    case bfloat16, float32

    var loops: erde_element { self == .bfloat16 ? ERDE_BFLOAT16 : ERDE_FLOAT32 }

    /// - Parameter numbers: such that each has a place in bfloat16.
    func stored(_ numbers: [Float]) -> [UInt8] {
        switch self {
        case .float32: return numbers.withUnsafeBytes(Array.init)
        case .bfloat16:
            let halves = numbers.map {
                precondition($0.bitPattern & 0xFFFF == 0, "\($0) has more bits than bfloat16")
                return UInt16($0.bitPattern >> 16)
            }
            return halves.withUnsafeBytes(Array.init)
        }
    }

    func numbers(_ bytes: [UInt8]) -> [Float] {
        bytes.withUnsafeBytes { bytes in
            switch self {
            case .float32: Array(bytes.bindMemory(to: Float.self))
            case .bfloat16: bytes.bindMemory(to: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
            }
        }
    }
}
