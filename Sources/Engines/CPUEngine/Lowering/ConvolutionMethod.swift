import CDNNL
import Diagnostics

/// A way to compute a convolution or one of its gradients: an algorithm, and the layout of its images.
enum ConvolutionMethod {
    /// Minimal filtering F(4x4, 3x3): about half the time of the direct way from 32 channels on, in the library's blocks of
    /// 16 channels. It rounds more (relative errors near 1e-5 instead of 1e-6): noise to training; the logits of the networks of
    /// samples/fashion-mnist, up to 27 in size, moved by at most 1.7e-5.
    case winograd
    /// Direct, channels innermost: 1.3 to 1.5 times as fast as blocked in float32 (oneDNN 2.6, AVX-512).
    case channelsLast
    /// Direct, in the layouts that the library prefers.
    case direct

    /// An operation, and the method that gave it.
    struct Choice {
        let method: ConvolutionMethod
        let operation: Operation
    }

    /// The operation by the first of the methods for which the library has fast code; by the last of them otherwise.
    static func first(
        of methods: [ConvolutionMethod], _ create: (ConvolutionMethod) throws(ErdeError) -> Operation
    ) throws(ErdeError) -> Choice {
        for method in methods.dropLast() {
            do throws(ErdeError) {
                let operation = try create(method)
                if !operation.isFallback { return Choice(method: method, operation: operation) }
            } catch {
                // No code at all for this method; the last either works or says why not.
            }
        }
        return Choice(method: methods.last!, operation: try create(methods.last!))
    }

    var algorithm: erde_dnnl_convolution_algorithm {
        switch self {
        case .winograd: ERDE_DNNL_WINOGRAD
        case .channelsLast, .direct: ERDE_DNNL_DIRECT
        }
    }

    /// The layout asked for an image `[N, C, H, W]`.
    func layout(_ dimensions: [Int], _ type: erde_dnnl_type) throws(ErdeError) -> Layout {
        switch self {
        case .channelsLast where dimensions[1] >= (type == ERDE_DNNL_FLOAT32 ? 32 : 4): try .channelsLast(dimensions, type)
        case .winograd, .channelsLast, .direct: try .any(dimensions, type)
        }
    }
}
