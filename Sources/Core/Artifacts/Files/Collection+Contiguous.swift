extension Collection {
    /// Lends the elements as they lie in memory, or a copy where they lie nowhere in a row. Loops over them are compiled for their
    /// type then, however generic the caller is.
    package func withContiguousElements<Result>(_ body: (UnsafeBufferPointer<Element>) -> Result) -> Result {
        withContiguousStorageIfAvailable(body) ?? Array(self).withUnsafeBufferPointer(body)
    }
}
