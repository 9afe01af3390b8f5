/// Rows and columns added around an image before a window slides over it.
package struct Padding: Hashable, Sendable {
    package var top: Int
    package var left: Int
    package var bottom: Int
    package var right: Int

    package init(top: Int, left: Int, bottom: Int, right: Int) {
        self.top = top
        self.left = left
        self.bottom = bottom
        self.right = right
    }

    /// The same padding on all four sides.
    package init(_ all: Int) { self.init(top: all, left: all, bottom: all, right: all) }

    package static let none = Padding(0)
}

/// Height and width of something on an image plane.
package struct Extent: Hashable, Sendable {
    package var height: Int
    package var width: Int

    package init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// A square.
    package init(_ side: Int) { self.init(height: side, width: side) }
}

/// How a convolution's kernel moves over its input. The kernel's own extent is the weight's.
package struct ConvolutionAttributes: Hashable, Sendable {
    package var strides: Extent
    package var padding: Padding
    package var dilations: Extent
    /// Input and output channels are split into this many independent groups; equal to the channels in a depthwise convolution.
    package var groups: Int

    package init(strides: Extent = Extent(1), padding: Padding = .none, dilations: Extent = Extent(1), groups: Int = 1) {
        self.strides = strides
        self.padding = padding
        self.dilations = dilations
        self.groups = groups
    }
}
