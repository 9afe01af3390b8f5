/// Which axes a reduction removes.
package struct Reduction: Hashable, Sendable {
    /// Axes in ascending order.
    package var axes: [Int]
    /// Whether reduced axes stay with extent 1.
    package var keepsAxes: Bool

    package init(axes: [Int], keepsAxes: Bool = false) {
        self.axes = axes
        self.keepsAxes = keepsAxes
    }
}
