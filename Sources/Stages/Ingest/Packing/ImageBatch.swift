import Artifacts
import Images

/// Memory for a number of images at the working size, decoded by all cores; reused from batch to batch.
struct ImageBatch: ~Copyable {
    /// What decoding one image gave.
    enum Outcome: Sendable {
        case print(ImagePrint)
        case failure(ImageFault)
    }

    /// Bytes that a batch may hold, so that memory does not grow with the dataset.
    private static let byteLimit = 64 << 20
    private static let countLimit = 2048

    let capacity: Int
    private let format: ImageFormat
    private let limits: ImageLimits
    private let pixels: UnsafeMutableRawBufferPointer
    private let outcomes: UnsafeMutableBufferPointer<Outcome?>

    init(format: ImageFormat, limits: ImageLimits) {
        self.format = format
        self.limits = limits
        capacity = max(1, min(ImageBatch.countLimit, ImageBatch.byteLimit / format.byteCount))
        pixels = .allocate(byteCount: capacity * format.byteCount, alignment: 64)
        outcomes = .allocate(capacity: capacity)
        outcomes.initialize(repeating: nil)
    }

    deinit {
        outcomes.deinitialize()
        outcomes.deallocate()
        pixels.deallocate()
    }

    /// Decodes images, at most `capacity`; the pixels of good ones end up next to each other, in order.
    ///
    /// - Returns: for each image its print or why it is bad, and the pixels of the good ones, valid until the next call.
    func decode(_ images: [LoadedImage]) -> (outcomes: [Outcome], pixels: UnsafeRawBufferPointer) {
        precondition(images.count <= capacity, "\(images.count) images in a batch of \(capacity)")
        nonisolated(unsafe) let (pixels, outcomes) = (self.pixels, self.outcomes)
        let format = self.format
        ParallelImages.forEach(count: images.count, limits: limits) { decoder, index in
            let place = UnsafeMutableRawBufferPointer(
                rebasing: pixels[(index * format.byteCount)..<((index + 1) * format.byteCount)])
            do throws(ImageFault) {
                let header = try ImageBatch.decode(images[index], with: &decoder, as: format, into: place)
                outcomes[index] = .print(ImagePrint(UnsafeRawBufferPointer(place), format: format, header: header))
            } catch {
                outcomes[index] = .failure(error)
            }
        }
        var results: [Outcome] = []
        results.reserveCapacity(images.count)
        var kept = 0
        for index in 0..<images.count {
            guard let outcome = outcomes[index] else { preconditionFailure("image \(index) was not decoded") }
            results.append(outcome)
            guard case .print = outcome else { continue }
            if kept < index {
                let start = pixels.baseAddress! + index * format.byteCount
                (pixels.baseAddress! + kept * format.byteCount).copyMemory(from: start, byteCount: format.byteCount)
            }
            kept += 1
        }
        return (results, UnsafeRawBufferPointer(rebasing: pixels[..<(kept * format.byteCount)]))
    }

    /// - Returns: what the image was before it was brought to the format.
    private static func decode(
        _ image: LoadedImage, with decoder: inout ImageDecoder, as format: ImageFormat,
        into place: UnsafeMutableRawBufferPointer
    ) throws(ImageFault) -> ImageHeader {
        switch image {
        case .failed(let fault): throw fault
        case .file(let path): return try decoder.decodeFile(path, as: format, into: place)
        case .bytes(let bytes, let name):
            var result: Result<ImageHeader, ImageFault>?
            bytes.withUnsafeBytes { bytes in
                do throws(ImageFault) {
                    result = .success(try decoder.decode(bytes, name: name, as: format, into: place))
                } catch {
                    result = .failure(error)
                }
            }
            guard let result else { preconditionFailure("no image and no error") }
            return try result.get()
        case .packed(let images, let index):
            images.interleaved(at: index).withUnsafeBufferPointer { pixels in
                guard let start = pixels.baseAddress else { return }
                decoder.convert(
                    start, width: images.width, height: images.height, channels: images.channels, to: format,
                    into: place.assumingMemoryBound(to: UInt8.self).baseAddress!)
            }
            return ImageHeader(width: images.width, height: images.height, channels: images.channels)
        }
    }
}
