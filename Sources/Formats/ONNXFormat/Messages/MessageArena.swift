import CProtobufC
import Glibc

/// Owns the memory of a message while it is built: everything is given back together.
final class MessageArena {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit { for block in blocks { block.deallocate() } }

    /// Uninitialised room for trivial values; the caller fills it.
    func allocate<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element> {
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, count * MemoryLayout<Element>.stride), alignment: MemoryLayout<Element>.alignment)
        blocks.append(block)
        return block.bindMemory(to: Element.self, capacity: count)
    }

    /// A copy of trivial values.
    func array<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let copy = allocate(elements.count, of: Element.self)
        copy.initialize(from: elements, count: elements.count)
        return copy
    }

    /// One message, initialised.
    func message<Message: BitwiseCopyable>(_ message: Message) -> UnsafeMutablePointer<Message> { array([message]) }

    /// Messages as the array of pointers that protobuf-c wants.
    func messages<Message: BitwiseCopyable>(
        _ messages: [Message]
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Message>?> {
        let pointers = allocate(messages.count, of: UnsafeMutablePointer<Message>?.self)
        for (index, content) in messages.enumerated() { (pointers + index).initialize(to: message(content)) }
        return pointers
    }

    /// Text as C holds it; ends at the first zero byte.
    func text(_ text: String) -> UnsafeMutablePointer<CChar> { array(text.utf8CString.map { $0 }) }

    /// Texts as the array of pointers that protobuf-c wants.
    func texts(_ texts: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        let pointers = allocate(texts.count, of: UnsafeMutablePointer<CChar>?.self)
        for (index, content) in texts.enumerated() { (pointers + index).initialize(to: text(content)) }
        return pointers
    }

    /// A copy of raw bytes.
    func bytes(_ bytes: UnsafeRawBufferPointer) -> ProtobufCBinaryData {
        let copy = allocate(bytes.count, of: UInt8.self)
        UnsafeMutableRawBufferPointer(start: copy, count: bytes.count).copyMemory(from: bytes)
        return ProtobufCBinaryData(len: bytes.count, data: copy)
    }
}
