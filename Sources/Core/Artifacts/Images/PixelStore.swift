/// Read-only bytes of equally sized images, one after the other, channels first: a memory-mapped file or memory of its own.
package final class PixelStore: Sendable {
    /// The bytes; valid as long as the store lives.
    nonisolated(unsafe) package let bytes: UnsafeRawBufferPointer
    private let release: @Sendable () -> Void

    /// - Parameter release: gives the memory back; called once, when the last user is gone.
    package init(bytes: UnsafeRawBufferPointer, release: @escaping @Sendable () -> Void) {
        self.bytes = bytes
        self.release = release
    }

    /// Bytes held in memory of the store's own.
    package convenience init(_ pixels: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, pixels.count), alignment: 64)
        copy.copyBytes(from: pixels)
        let address = Int(bitPattern: copy.baseAddress)
        self.init(bytes: UnsafeRawBufferPointer(rebasing: copy[0..<pixels.count])) {
            UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
        }
    }

    deinit { release() }
}
