/// Text as C holds it; empty for nothing.
func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

/// An array of texts as protobuf-c holds it.
func texts(_ pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int) -> [String] {
    UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : count).map { text($0) }
}

/// An array of messages as protobuf-c holds it.
func elements<Message>(
    _ pointer: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
) -> [Message] {
    UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : count).compactMap { $0?.pointee }
}

/// An array of numbers as protobuf-c holds it.
func numbers<Number>(_ pointer: UnsafeMutablePointer<Number>?, _ count: Int) -> [Number] {
    Array(UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : count))
}
