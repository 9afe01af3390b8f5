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
    /// Of both images.
    let type: erde_dnnl_type
    /// In order of preference.
    let methods: [ConvolutionMethod]

    /// The convolution by itself, by the first method that serves.
    func alone() throws(ErdeError) -> ConvolutionMethod.Choice {
        try ConvolutionMethod.first(of: methods) { method throws(ErdeError) in
            try create(method, try method.layout(x, type), try method.layout(y, type), erde_dnnl_fusion())
        }
    }

    /// The convolution by the same code in the same layouts, with an addend of its result's layout and an activation; nil
    /// where that code cannot take them along.
    func fused(
        with alone: ConvolutionMethod.Choice, _ addend: erde_dnnl_addend, _ activation: Op?
    ) throws(ErdeError) -> Operation? {
        let x = try Layout.chosen(by: alone.operation, for: ERDE_DNNL_SRC)
        let y = try Layout.chosen(by: alone.operation, for: ERDE_DNNL_DST)
        let fusion = erde_dnnl_fusion(addend: addend, addendLayout: y.handle, activation: activation)
        guard let fused = try? create(alone.method, x, y, fusion),
            fused.implementation == alone.operation.implementation
        else { return nil }
        return fused
    }

    private func create(
        _ method: ConvolutionMethod, _ x: Layout, _ y: Layout, _ fusion: erde_dnnl_fusion
    ) throws(ErdeError) -> Operation {
        var (window, fusion) = (window, fusion)
        return try Operation("convolution_forward", for: "a convolution") { result in
            erde_dnnl_convolution_create(
                machine.handle, method.algorithm, mode, x.handle, weight.handle, bias?.handle, y.handle, &window, &fusion, result)
        }
    }
}

extension erde_dnnl_fusion {
    init(addend: erde_dnnl_addend, addendLayout: OpaquePointer, activation: Op?) {
        self.init()
        self.addend = addend
        addend_layout = addendLayout
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
