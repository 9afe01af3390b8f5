import Artifacts
import Diagnostics
import Images

/// Reads the headers of a source's images, if the format depends on them.
enum HeaderReading {
    /// Images that are read before the next are begun.
    private static let batchCount = 4096

    /// The headers of all readable images; one for all where they lie in one array.
    ///
    /// Unreadable ones are passed over; decoding reports them together with those whose pixels are bad.
    static func headers(
        of source: LabelledSource, options: IngestOptions, progress: (Int) throws(ErdeError) -> Void
    ) throws(ErdeError) -> [ImageHeader] {
        if !FormatChoice.needsHeaders(options) { return [] }
        var headers: [ImageHeader] = []
        var loader = ContentLoader(limits: options.limits)
        for split in DatasetSplit.allCases {
            var rest = source.splits[split, default: []][...]
            if case .packed(let packed, _) = rest.first?.content {
                headers.append(ImageHeader(width: packed.width, height: packed.height, channels: packed.channels))
                continue
            }
            while !rest.isEmpty {
                let loaded = try loader.load(rest.prefix(batchCount))
                for case .success(let header) in read(loaded, limits: options.limits) { headers.append(header) }
                rest = rest.dropFirst(loaded.count)
                try progress(loaded.count)
            }
        }
        return headers
    }

    private static func read(_ images: [LoadedImage], limits: ImageLimits) -> [Result<ImageHeader, ImageFault>] {
        let unread = Result<ImageHeader, ImageFault>.success(ImageHeader(width: 0, height: 0, channels: 0))
        var results = [Result<ImageHeader, ImageFault>](repeating: unread, count: images.count)
        results.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let shared = buffer
            ParallelImages.forEach(count: images.count, limits: limits) { decoder, index in
                do throws(ImageFault) {
                    shared[index] = .success(try header(of: images[index], with: &decoder))
                } catch {
                    shared[index] = .failure(error)
                }
            }
        }
        return results
    }

    private static func header(of image: LoadedImage, with decoder: inout ImageDecoder) throws(ImageFault) -> ImageHeader {
        switch image {
        case .failed(let fault): throw fault
        case .file(let path): return try decoder.header(ofFile: path)
        case .packed(let packed, _):
            return ImageHeader(width: packed.width, height: packed.height, channels: packed.channels)
        case .bytes(let bytes, let name):
            var result: Result<ImageHeader, ImageFault>?
            bytes.withUnsafeBytes { bytes in
                do throws(ImageFault) {
                    result = .success(try decoder.header(of: bytes, name: name))
                } catch {
                    result = .failure(error)
                }
            }
            guard let result else { preconditionFailure("no header and no error") }
            return try result.get()
        }
    }
}
