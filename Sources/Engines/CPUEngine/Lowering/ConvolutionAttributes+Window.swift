import CDNNL
import Graphs

extension ConvolutionAttributes {
    /// The library's form, for a weight `[O, C, h, w]`.
    func window(kernel weight: [Int]) -> erde_dnnl_window {
        erde_dnnl_window(
            kernel: (Int64(weight[2]), Int64(weight[3])), strides: strides.dnnl, dilations: dilations.dnnl,
            padding_begin: (Int64(padding.top), Int64(padding.left)),
            padding_end: (Int64(padding.bottom), Int64(padding.right)))
    }

    /// Whether every output sees 3x3 neighbours of every channel, for a weight `[O, C, h, w]`.
    func isDense3x3(_ weight: [Int]) -> Bool {
        Array(weight[2...]) == [3, 3] && strides == Extent(1) && dilations == Extent(1) && groups == 1
    }

    /// The convolution of the output's gradient that gives the input's, for a weight `[O, C, h, w]`; nil where there is none:
    /// with strides, dilations, groups, or padding beyond the kernel.
    func transposed(kernel weight: [Int]) -> ConvolutionAttributes? {
        let (rows, columns) = (weight[2] - 1, weight[3] - 1)
        guard strides == Extent(1), dilations == Extent(1), groups == 1, max(padding.top, padding.bottom) <= rows,
            max(padding.left, padding.right) <= columns
        else { return nil }
        return ConvolutionAttributes(
            padding: Padding(
                top: rows - padding.top, left: columns - padding.left, bottom: rows - padding.bottom,
                right: columns - padding.right))
    }
}

extension Extent {
    var dnnl: (Int64, Int64) { (Int64(height), Int64(width)) }
}
