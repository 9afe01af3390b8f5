import CDNNL
import Diagnostics
import Graphs

/// A forward convolution to be prepared, with and without what follows it.
struct ForwardConvolution {
    let machine: Machine
    let mode: erde_dnnl_mode
    /// `[N, C, H, W]`
    let x: [Int]
    let weight: Layout
    /// `[N, O, H', W']`
    let y: [Int]
    let bias: Layout?
    let window: erde_dnnl_window

    /// The convolution alone.
    func operation() throws(ErdeError) -> Operation {
        try ImageLayouts.first { layouts throws(ErdeError) in
            try create(try layouts.layout(x), try layouts.layout(y), erde_dnnl_fusion())
        }
    }

    /// The convolution in the same layouts with an addend of its result's layout and an activation.
    func fused(with alone: Operation, addend: Layout?, activation: Op?) throws(ErdeError) -> Operation {
        try create(
            .chosen(by: alone, for: ERDE_DNNL_SRC), .chosen(by: alone, for: ERDE_DNNL_DST),
            erde_dnnl_fusion(addend: addend?.handle, activation: activation))
    }

    private func create(_ x: Layout, _ y: Layout, _ fusion: erde_dnnl_fusion) throws(ErdeError) -> Operation {
        var (window, fusion) = (window, fusion)
        return try Operation("convolution_forward", for: "a convolution") { result in
            erde_dnnl_convolution_create(
                machine.handle, mode, x.handle, weight.handle, bias?.handle, y.handle, &window, &fusion, result)
        }
    }
}

extension erde_dnnl_fusion {
    init(addend: OpaquePointer?, activation: Op?) {
        self.init()
        self.addend = addend
        switch activation {
        case .relu:
            has_activation = 1
            self.activation = ERDE_DNNL_RELU
        case .clip(let lower, let upper):
            has_activation = 1
            self.activation = ERDE_DNNL_CLIP
            self.lower = Float(lower)
            self.upper = Float(upper)
        default:
            has_activation = 0
        }
    }
}
