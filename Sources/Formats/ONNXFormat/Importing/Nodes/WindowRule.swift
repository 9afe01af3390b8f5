import Diagnostics
import Graphs

/// Reads where a convolution's or pooling's window may stand: written out, or by `auto_pad`.
struct WindowRule {
    let node: ForeignNode
    /// `[N, C, H, W]`
    let plane: [Int]
    let kernel: Extent
    let strides: Extent
    let dilations: Extent

    /// - Parameter roundingUp: whether windows may hang over the far edges (`ceil_mode`).
    func padding(roundingUp: Bool) throws(ErdeError) -> Padding {
        let reach = Extent(
            height: (kernel.height - 1) * dilations.height + 1, width: (kernel.width - 1) * dilations.width + 1)
        switch try node.text("auto_pad", default: "NOTSET") {
        case "NOTSET", "":
            let sides = try node.integers("pads") ?? [0, 0, 0, 0]
            guard sides.count == 4, sides.allSatisfy({ 0...65_536 ~= $0 }) else {
                throw node.failure("has pads of \(sides), expected four numbers of at least 0")
            }
            var padding = Padding(top: sides[0], left: sides[1], bottom: sides[2], right: sides[3])
            if roundingUp {
                padding.bottom += overhang(plane[2] + sides[0] + sides[2], sides[0] + plane[2], reach.height, strides.height)
                padding.right += overhang(plane[3] + sides[1] + sides[3], sides[1] + plane[3], reach.width, strides.width)
            }
            return padding
        case "VALID": return .none
        case "SAME_UPPER": return same(reach, upper: true)
        case "SAME_LOWER": return same(reach, upper: false)
        case let other: throw node.failure("has an auto_pad of \(printable(other))")
        }
    }

    /// What the last window needs beyond the padded extent; none when it would begin beyond the image.
    private func overhang(_ extent: Int, _ end: Int, _ reach: Int, _ stride: Int) -> Int {
        let free = extent - reach
        guard free >= 0, free % stride != 0 else { return 0 }
        let last = (free / stride + 1) * stride
        return last < end ? last + reach - extent : 0
    }

    /// As many windows as strides fit into the plane.
    private func same(_ reach: Extent, upper: Bool) -> Padding {
        func sides(_ extent: Int, _ reach: Int, _ stride: Int) -> (Int, Int) {
            let total = max(0, ((extent + stride - 1) / stride - 1) * stride + reach - extent)
            return upper ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
        }
        let (top, bottom) = sides(plane[2], reach.height, strides.height)
        let (left, right) = sides(plane[3], reach.width, strides.width)
        return Padding(top: top, left: left, bottom: bottom, right: right)
    }
}
