import CProtobufC

/// Owns the memory of a report's message while it is built; all of it is given back together.
final class ReportArena {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit { for block in blocks { block.deallocate() } }

    /// A copy of values that need no clean-up.
    func array<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let copy = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
        copy.initialize(from: elements, count: elements.count)
        blocks.append(UnsafeMutableRawPointer(copy))
        return copy
    }

    /// One message at a fixed address.
    func message<Message: BitwiseCopyable>(_ message: Message) -> UnsafeMutablePointer<Message> { array([message]) }

    /// The pointers to messages that a repeated field consists of.
    func messages<Message: BitwiseCopyable>(
        _ messages: [Message]
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Message>?> {
        array(messages.map { Optional(message($0)) })
    }

    func text(_ text: String) -> UnsafeMutablePointer<CChar> { array(Array(text.utf8CString)) }

    func text(_ text: String?) -> UnsafeMutablePointer<CChar>? { text.map { self.text($0) } }

    func texts(_ texts: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        array(texts.map { Optional(text($0)) })
    }

    func counts(_ counts: [Int]) -> UnsafeMutablePointer<UInt64> { array(counts.map { UInt64($0) }) }
}
