/// Addresses of all buffers. The memory belongs to the executable.
struct MemoryMap {
    var addresses: [UnsafeMutableRawPointer]
    /// Worker threads that loops may use.
    var threads: Int

    subscript(buffer: Buffer) -> UnsafeMutableRawPointer { addresses[buffer.index] }

    func floats(_ buffer: Buffer) -> UnsafeMutablePointer<Float> {
        addresses[buffer.index].assumingMemoryBound(to: Float.self)
    }

    /// Numbers in bfloat16, the upper halves of float32.
    func halves(_ buffer: Buffer) -> UnsafeMutablePointer<UInt16> {
        addresses[buffer.index].assumingMemoryBound(to: UInt16.self)
    }

    func integers(_ buffer: Buffer) -> UnsafeMutablePointer<Int32> {
        addresses[buffer.index].assumingMemoryBound(to: Int32.self)
    }
}
