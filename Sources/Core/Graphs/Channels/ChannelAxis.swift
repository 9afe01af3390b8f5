/// An axis of a variable or constant along which channels lie.
package struct ChannelAxis: Hashable, Sendable {
    package let value: Value
    package let axis: Int

    package init(_ value: Value, _ axis: Int) {
        self.value = value
        self.axis = axis
    }
}
