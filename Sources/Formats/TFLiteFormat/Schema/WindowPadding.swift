import Graphs

/// Where a window may stand: `Padding` of TensorFlow Lite's schema.
enum WindowPadding: Int8, CaseIterable {
    /// As often as the stride divides the image, rounded up; what it takes is added around the image, the larger half behind.
    case same = 0
    /// Only inside the image.
    case valid = 1
}

extension WindowPadding {
    /// The padding that gives the same windows; nil when the rows and columns must be written out.
    ///
    /// - Parameters:
    ///   - image: the plane before padding.
    ///   - windows: how many windows there are.
    init?(_ padding: Padding, image: Extent, kernel: Extent, strides: Extent, dilations: Extent, windows: Extent) {
        let height = WindowPadding.candidates(
            before: padding.top, image: image.height, kernel: (kernel.height - 1) * dilations.height + 1,
            stride: strides.height, windows: windows.height)
        let width = WindowPadding.candidates(
            before: padding.left, image: image.width, kernel: (kernel.width - 1) * dilations.width + 1,
            stride: strides.width, windows: windows.width)
        let both = height.intersection(width)
        guard let padding = both.contains(.valid) ? WindowPadding.valid : both.first else { return nil }
        self = padding
    }

    private static func candidates(
        before: Int, image: Int, kernel: Int, stride: Int, windows: Int
    ) -> Set<WindowPadding> {
        var candidates: Set<WindowPadding> = []
        if before == 0, image >= kernel, (image - kernel) / stride + 1 == windows { candidates.insert(.valid) }
        let needed = max(0, (windows - 1) * stride + kernel - image)
        if (image + stride - 1) / stride == windows, needed / 2 == before { candidates.insert(.same) }
        return candidates
    }
}
