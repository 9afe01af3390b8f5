/// What an image file says of itself before its pixels.
package struct ImageHeader: Hashable, Sendable {
    package let width: Int
    package let height: Int
    /// 1 for grey, 3 for colour.
    package let channels: Int

    package init(width: Int, height: Int, channels: Int) {
        self.width = width
        self.height = height
        self.channels = channels
    }
}
