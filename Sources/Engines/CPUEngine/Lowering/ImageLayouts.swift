import Diagnostics

/// Layouts that a convolution is asked to work in, in order of preference.
///
/// In float32 channels-last convolutions of 3x3 kernels are 1.3 to 1.5 times as fast as blocked ones (oneDNN 2.6, AVX-512,
/// forward and weight gradient), which outweighs the slower batch normalisation. Images of few channels are left to the
/// library, and so is everything for which it has no fast channels-last code.
enum ImageLayouts: CaseIterable {
    case channelsLast
    case chosenByLibrary

    func layout(_ dimensions: [Int]) throws(ErdeError) -> Layout {
        switch self {
        case .channelsLast where dimensions[1] >= 32: try .channelsLast(dimensions)
        case .channelsLast, .chosenByLibrary: try .any(dimensions)
        }
    }

    /// The operation in the first layouts for which the library has fast code; in those of its own choice otherwise.
    static func first(_ create: (ImageLayouts) throws(ErdeError) -> Operation) throws(ErdeError) -> Operation {
        do throws(ErdeError) {
            let operation = try create(.channelsLast)
            if !operation.isFallback { return operation }
        } catch {
            // No code at all for these layouts; the library's own choice either works or says why not.
        }
        return try create(.chosenByLibrary)
    }
}
