import Artifacts
import Diagnostics
import Images
import Inference
import Synchronization

/// Some images decoded side by side: floats of the good ones, reasons of the bad ones.
struct DecodedChunk: Sendable {
    /// Per file, nil when it was decoded.
    let failures: [ErdeError?]
    /// The decoded images, one after the other, `[M, C, H, W]`, pixels scaled to 0…1.
    let floats: [Float]

    init(_ paths: ArraySlice<String>, format: ImageFormat) {
        let paths = Array(paths)
        let size = format.byteCount
        let images = Mutex([Result<[UInt8], ErdeError>?](repeating: nil, count: paths.count))
        ParallelImages.forEach(count: paths.count, limits: ImageLimits()) { decoder, index in
            let result = DecodedChunk.pixels(of: paths[index], format: format, decoder: &decoder)
            images.withLock { $0[index] = result }
        }
        var failures: [ErdeError?] = []
        var floats: [Float] = []
        floats.reserveCapacity(paths.count * size)
        for image in images.withLock({ $0 }) {
            switch image! {
            case .success(let pixels):
                for pixel in pixels { floats.append(PixelScaling.table[Int(pixel)]) }
                failures.append(nil)
            case .failure(let error):
                failures.append(error)
            }
        }
        self.failures = failures
        self.floats = floats
    }

    private static func pixels(
        of path: String, format: ImageFormat, decoder: inout ImageDecoder
    ) -> Result<[UInt8], ErdeError> {
        var failure: ErdeError?
        let pixels = [UInt8](unsafeUninitializedCapacity: format.byteCount) { buffer, count in
            do throws(ErdeError) {
                try decoder.decodeFile(path, as: format, into: UnsafeMutableRawBufferPointer(buffer))
                count = format.byteCount
            } catch {
                failure = error
                count = 0
            }
        }
        if let failure { return .failure(failure) }
        return .success(pixels)
    }
}
