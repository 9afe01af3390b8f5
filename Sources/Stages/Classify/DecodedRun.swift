import Artifacts
import Diagnostics
import Images

/// Neighbouring images decoded together: pixels of the good ones, reasons of the bad ones.
struct DecodedRun: Sendable {
    /// Counted from 0 in the order of the images.
    let number: Int
    let items: [ImageItem]
    /// Per image, nil when it was decoded.
    let failures: [ErdeError?]
    /// The decoded images, one after the other, `[M, C, H, W]` of 8 bits.
    let pixels: [UInt8]

    /// - Parameter isTakenBack: whether a bad image is left out, since it comes again.
    init(
        number: Int, items: [ImageItem], format: ImageFormat, decoder: inout ImageDecoder,
        isTakenBack: (ImageItem) -> Bool
    ) {
        let size = format.byteCount
        var kept: [ImageItem] = []
        kept.reserveCapacity(items.count)
        var failures: [ErdeError?] = []
        failures.reserveCapacity(items.count)
        pixels = [UInt8](unsafeUninitializedCapacity: items.count * size) { buffer, filled in
            for item in items {
                let place = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[filled..<filled + size]))
                let failure = DecodedRun.decode(item, as: format, into: place, decoder: &decoder)
                if failure != nil && isTakenBack(item) { continue }
                if failure == nil { filled += size }
                failures.append(failure)
                // The bytes of an entry are not needed any more.
                if case .bytes = item.content {
                    kept.append(ImageItem(name: item.name, content: .bytes([])))
                } else {
                    kept.append(item)
                }
            }
        }
        self.number = number
        self.items = kept
        self.failures = failures
    }

    private static func decode(
        _ item: ImageItem, as format: ImageFormat, into place: UnsafeMutableRawBufferPointer, decoder: inout ImageDecoder
    ) -> ErdeError? {
        do throws(ImageFault) {
            switch item.content {
            case .failure(let error), .rest(let error): return error
            case .file: try decoder.decodeFile(item.name, as: format, into: place)
            case .bytes(let bytes): try decoder.decode(bytes, name: item.name.readable, as: format, into: place)
            }
            return nil
        } catch {
            return error.error
        }
    }
}
