/// The images a network takes, and how any other image becomes one.
package struct ImageFormat: Hashable, Sendable, Codable {
    /// How an image of another size is brought to the working size.
    package enum Resizing: String, Hashable, Sendable, Codable, CaseIterable {
        /// Both axes scaled on their own, bilinear with antialiasing.
        case stretch
        /// The shorter side scaled to the working size, the centre cut out.
        case centerCrop
    }

    /// 1 for grey, 3 for RGB.
    package var channels: Int
    package var height: Int
    package var width: Int
    package var resizing: Resizing

    package init(channels: Int, height: Int, width: Int, resizing: Resizing = .stretch) {
        self.channels = channels
        self.height = height
        self.width = width
        self.resizing = resizing
    }

    /// Bytes of one image: 8 bits a channel.
    package var byteCount: Int { channels * height * width }
}
