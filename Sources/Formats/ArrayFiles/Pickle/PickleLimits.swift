/// How much a pickle may ask for.
package struct PickleLimits: Hashable, Sendable {
    /// Values, of any kind.
    package var values: Int
    /// Lists, tuples and dictionaries within each other.
    package var depth: Int
    /// Values that wait to become part of another.
    package var stack: Int

    package init(values: Int = 16_000_000, depth: Int = 32, stack: Int = 1_000_000) {
        self.values = values
        self.depth = depth
        self.stack = stack
    }
}
