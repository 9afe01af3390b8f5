package import Artifacts
import CImageCodecs
import Dispatch

/// Turns the bytes of PNG and JPEG files into pixels; told apart by content, whatever the file is called.
///
/// Transparency is composited on white, 16-bit samples are rounded to 8, colour profiles and gamma are not applied. JPEG files
/// are turned upright as their EXIF data say. Memory and library state are kept from image to image; one decoder per thread.
///
/// All methods throw `ImageFault` whose error has `name` for its subject when the bytes are not a whole, sound image within
/// the limits.
package struct ImageDecoder: ~Copyable {
    /// Pixels, along each side, that are left to resampling for each pixel of the working size when a large JPEG is decoded
    /// smaller than it is.
    private static let keptPixels = 8

    /// Images of more pixels are decoded one at a time, whatever the number of decoders, so that many threads do not need
    /// many times the memory of the largest image.
    private static let manyPixels = 16_000_000
    private static let manyPixelsTurn = DispatchSemaphore(value: 1)

    private let handle: OpaquePointer
    private let limits: ImageLimits
    private var resampler = Resampler()
    private var grey: [UInt8] = []
    private var file = FileBuffer()

    package init(limits: ImageLimits = ImageLimits()) {
        guard let handle = erde_image_decoder_create() else { preconditionFailure("no memory for an image decoder") }
        self.handle = handle
        self.limits = limits
    }

    deinit { erde_image_decoder_destroy(handle) }

    /// Reads size and channels of the upright image without decoding pixels.
    package func header(of bytes: UnsafeRawBufferPointer, name: String) throws(ImageFault) -> ImageHeader {
        ImageDecoder.header(of: try run(erde_image_probe, on: bytes, name: name), ImageDecoder.orientation(of: bytes))
    }

    private static func header(of image: erde_image, _ orientation: ImageOrientation) -> ImageHeader {
        let (width, height) = orientation.swapsSides ? (image.height, image.width) : (image.width, image.height)
        return ImageHeader(width: Int(width), height: Int(height), channels: Int(image.channels))
    }

    private static func orientation(of bytes: UnsafeRawBufferPointer) -> ImageOrientation {
        ImageContent(of: bytes) == .jpeg ? ImageOrientation(ofJPEG: bytes) : .upright
    }

    /// The image as its file holds it, at its own size and not turned.
    package func decode(_ bytes: UnsafeRawBufferPointer, name: String) throws(ImageFault) -> DecodedImage {
        let image = try run(erde_image_decode, on: bytes, name: name)
        let count = Int(image.width) * Int(image.height) * Int(image.channels)
        return DecodedImage(
            width: Int(image.width), height: Int(image.height), channels: Int(image.channels),
            pixels: Array(UnsafeBufferPointer(start: image.pixels, count: count)))
    }

    /// Decodes to planes `[C, H, W]` in the working format.
    ///
    /// Colour becomes grey before resizing, grey becomes three equal planes after it.
    ///
    /// - Parameter target: `format.byteCount` bytes.
    /// - Returns: size and channels of the upright image in its file.
    @discardableResult
    package mutating func decode(
        _ bytes: UnsafeRawBufferPointer, name: String, as format: ImageFormat, into target: UnsafeMutableRawBufferPointer
    ) throws(ImageFault) -> ImageHeader {
        precondition(target.count == format.byteCount, "\(target.count) bytes for an image of \(format.byteCount)")
        let orientation = ImageDecoder.orientation(of: bytes)
        let upright = target.assumingMemoryBound(to: UInt8.self).baseAddress!
        if orientation == .upright {
            let image = try decodeUnturned(bytes, name: name, as: format, into: upright)
            return ImageDecoder.header(of: image, .upright)
        }
        var unturned = format
        if orientation.swapsSides { swap(&unturned.height, &unturned.width) }
        var failure: ImageFault?
        var image = erde_image()
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: format.byteCount) { planes in
            do throws(ImageFault) {
                image = try decodeUnturned(bytes, name: name, as: unturned, into: planes.baseAddress!)
                orientation.turn(
                    UnsafeBufferPointer(planes), channels: format.channels, height: format.height, width: format.width,
                    into: upright)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return ImageDecoder.header(of: image, orientation)
    }

    /// Decodes to planes in a working format as the file's pixels lie.
    private mutating func decodeUnturned(
        _ bytes: UnsafeRawBufferPointer, name: String, as format: ImageFormat, into target: UnsafeMutablePointer<UInt8>
    ) throws(ImageFault) -> erde_image {
        var (status, image) = call(
            erde_image_decode, on: bytes, format: format, pixels: min(limits.pixels, ImageDecoder.manyPixels))
        let isLarge = status == ERDE_IMAGE_TOO_LARGE && limits.pixels > ImageDecoder.manyPixels
        if isLarge {
            ImageDecoder.manyPixelsTurn.wait()
            (status, image) = call(erde_image_decode, on: bytes, format: format, pixels: limits.pixels)
        }
        defer {
            if isLarge {
                erde_image_decoder_trim(handle)
                grey = []
                ImageDecoder.manyPixelsTurn.signal()
            }
        }
        try check(status, image, bytes, name: name)
        convert(
            image.pixels, width: Int(image.width), height: Int(image.height), reduction: Int(image.reduction),
            channels: Int(image.channels), to: format, into: target)
        return image
    }

    /// Decodes bytes held in an array to planes in the working format.
    @discardableResult
    package mutating func decode(
        _ bytes: [UInt8], name: String, as format: ImageFormat, into target: UnsafeMutableRawBufferPointer
    ) throws(ImageFault) -> ImageHeader {
        var result: Result<ImageHeader, ImageFault>?
        bytes.withUnsafeBytes { bytes in
            do throws(ImageFault) {
                result = .success(try decode(bytes, name: name, as: format, into: target))
            } catch {
                result = .failure(error)
            }
        }
        guard let result else { preconditionFailure("no image and no error") }
        return try result.get()
    }

    /// Brings interleaved pixels `[H, W, C]` to planes in the working format, as `decode` does after decoding.
    package mutating func convert(
        _ pixels: UnsafePointer<UInt8>, width: Int, height: Int, reduction: Int = 1, channels: Int,
        to format: ImageFormat, into target: UnsafeMutablePointer<UInt8>
    ) {
        if channels == 3 && format.channels == 1 {
            let count = ((width + reduction - 1) / reduction) * ((height + reduction - 1) / reduction)
            if grey.count < count { grey = [UInt8](repeating: 0, count: count) }
            var buffer: [UInt8] = []
            swap(&buffer, &grey)
            buffer.withUnsafeMutableBufferPointer { buffer in
                Luminance.convert(pixels, count: count, into: buffer.baseAddress!)
                resampler.resample(
                    buffer.baseAddress!, width: width, height: height, reduction: reduction, channels: 1, to: format,
                    into: target)
            }
            swap(&buffer, &grey)
            return
        }
        resampler.resample(
            pixels, width: width, height: height, reduction: reduction, channels: channels, to: format, into: target)
        let plane = format.width * format.height
        for copy in channels..<max(channels, format.channels) {
            (target + copy * plane).update(from: target, count: plane)
        }
    }

    // MARK: Files

    /// Decodes a file to planes in the working format.
    ///
    /// - Returns: size and channels of the upright image in its file.
    /// - Throws: also a fault of kind `unreadable` when the file cannot be read.
    @discardableResult
    package mutating func decodeFile(
        _ path: String, as format: ImageFormat, into target: UnsafeMutableRawBufferPointer
    ) throws(ImageFault) -> ImageHeader {
        try decodeFile(FileName(path), as: format, into: target)
    }

    /// Decodes a file to planes in the working format.
    ///
    /// - Returns: size and channels of the upright image in its file.
    /// - Throws: also a fault of kind `unreadable` when the file cannot be read.
    @discardableResult
    package mutating func decodeFile(
        _ path: FileName, as format: ImageFormat, into target: UnsafeMutableRawBufferPointer
    ) throws(ImageFault) -> ImageHeader {
        let bytes = try file.read(path, limit: limits.fileBytes)
        return try decode(bytes, name: path.readable, as: format, into: target)
    }

    /// A file's image as it is held, at its own size and not turned.
    ///
    /// - Throws: also a fault of kind `unreadable` when the file cannot be read.
    package mutating func decodeFile(_ path: String) throws(ImageFault) -> DecodedImage {
        try decode(try file.read(FileName(path), limit: limits.fileBytes), name: path)
    }

    /// Reads size and channels of a file's upright image without decoding pixels.
    package mutating func header(ofFile path: String) throws(ImageFault) -> ImageHeader {
        try header(of: try file.read(FileName(path), limit: limits.fileBytes), name: path)
    }

    /// Decodes bytes to planes `[C, H, W]` in the working format, with a decoder of its own.
    package static func decode(
        _ bytes: [UInt8], name: String, format: ImageFormat, limits: ImageLimits = ImageLimits()
    ) throws(ImageFault) -> [UInt8] {
        try planes(format) { target throws(ImageFault) in
            var failure: ImageFault?
            bytes.withUnsafeBytes { bytes in
                var decoder = ImageDecoder(limits: limits)
                do throws(ImageFault) { try decoder.decode(bytes, name: name, as: format, into: target) } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
    }

    /// Decodes a file to planes `[C, H, W]` in the working format, with a decoder of its own.
    package static func decodeFile(
        _ path: String, format: ImageFormat, limits: ImageLimits = ImageLimits()
    ) throws(ImageFault) -> [UInt8] {
        var decoder = ImageDecoder(limits: limits)
        return try decoder.planes(ofFile: FileName(path), as: format)
    }

    /// Decodes a file to planes `[C, H, W]` in the working format.
    package mutating func planes(ofFile path: FileName, as format: ImageFormat) throws(ImageFault) -> [UInt8] {
        try ImageDecoder.planes(format) { target throws(ImageFault) in
            try decodeFile(path, as: format, into: target)
        }
    }

    private static func planes(
        _ format: ImageFormat, _ fill: (UnsafeMutableRawBufferPointer) throws(ImageFault) -> Void
    ) throws(ImageFault) -> [UInt8] {
        var planes = [UInt8](repeating: 0, count: format.byteCount)
        var failure: ImageFault?
        planes.withUnsafeMutableBytes { target in
            do throws(ImageFault) { try fill(target) } catch { failure = error }
        }
        if let failure { throw failure }
        return planes
    }

    // MARK: The one call into C

    private typealias Call = (
        OpaquePointer?, UnsafeRawPointer?, Int, erde_image_limits, UnsafeMutablePointer<erde_image>?
    ) -> erde_image_status

    private func run(
        _ function: Call, on bytes: UnsafeRawBufferPointer, name: String
    ) throws(ImageFault) -> erde_image {
        let (status, image) = call(function, on: bytes, format: nil, pixels: limits.pixels)
        try check(status, image, bytes, name: name)
        return image
    }

    /// - Parameters:
    ///   - format: the working format, where the image may come smaller than it is.
    ///   - pixels: most pixels of the image.
    private func call(
        _ function: Call, on bytes: UnsafeRawBufferPointer, format: ImageFormat?, pixels: Int
    ) -> (erde_image_status, erde_image) {
        let bounds = erde_image_limits(
            maximum_side: UInt32(clamping: limits.side), maximum_pixels: UInt64(clamping: pixels),
            kept_width: UInt32(clamping: (format?.width ?? 0) * ImageDecoder.keptPixels),
            kept_height: UInt32(clamping: (format?.height ?? 0) * ImageDecoder.keptPixels))
        var image = erde_image()
        // Longer files are refused unread.
        let status =
            bytes.count > limits.fileBytes ? ERDE_IMAGE_DAMAGED : function(handle, bytes.baseAddress, bytes.count, bounds, &image)
        return (status, image)
    }

    private func check(
        _ status: erde_image_status, _ image: erde_image, _ bytes: UnsafeRawBufferPointer, name: String
    ) throws(ImageFault) {
        if bytes.count > limits.fileBytes {
            throw ImageFault.tooManyBytes(bytes.count, of: name, limit: limits.fileBytes)
        }
        switch status {
        case ERDE_IMAGE_OK: return
        case ERDE_IMAGE_FOREIGN:
            let content =
                switch ImageContent(of: bytes) {
                case .png, .jpeg: "a damaged image"
                case .other(let words): words
                }
            throw ImageFault(
                bytes.isEmpty ? .empty : .foreign, name, "expected a PNG or JPEG image, found \(content)",
                remedy: "convert it or remove it")
        case ERDE_IMAGE_TOO_LARGE:
            throw ImageFault(
                .tooLarge, name, String(cString: image.message), remedy: "shrink it, remove it or raise the limit")
        case ERDE_IMAGE_TRUNCATED:
            throw ImageFault(.truncated, name, String(cString: image.message), remedy: "replace it or remove it")
        default:
            throw ImageFault(.damaged, name, String(cString: image.message), remedy: "replace it or remove it")
        }
    }
}
