import Images

/// The sizes and modes of all images, to find those that stand out.
struct ImageShapes {
    private var headers: [(reference: ImageReference, width: Int32, height: Int32, channels: UInt8)] = []

    mutating func add(_ header: ImageHeader, _ reference: ImageReference) {
        headers.append(
            (
                reference, Int32(clamping: header.width), Int32(clamping: header.height), UInt8(clamping: header.channels)
            ))
    }

    /// Images of another size than nine in ten have; where sizes vary, those with one side four times the other.
    func oddSizes() -> [(ImageReference, ImageHeader)] {
        var counts: [UInt64: Int] = [:]
        for entry in headers { counts[ImageShapes.key(entry.width, entry.height), default: 0] += 1 }
        guard let common = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return [] }
        let dominates = common.value * 10 >= headers.count * 9
        return headers.lazy.filter { entry in
            dominates
                ? ImageShapes.key(entry.width, entry.height) != common.key
                : max(entry.width, entry.height) / 4 >= min(entry.width, entry.height)
        }.map { ($0.reference, ImageHeader(width: Int($0.width), height: Int($0.height), channels: Int($0.channels))) }
    }

    /// Grey images among colour or colour among grey, when fewer than one in ten.
    func oddModes() -> [(ImageReference, ImageHeader)] {
        let grey = headers.count { $0.channels == 1 }
        let odd: UInt8
        if grey * 10 < headers.count {
            odd = 1
        } else if (headers.count - grey) * 10 < headers.count {
            odd = 3
        } else {
            return []
        }
        return headers.lazy.filter { $0.channels == odd }.map {
            ($0.reference, ImageHeader(width: Int($0.width), height: Int($0.height), channels: Int($0.channels)))
        }
    }

    private static func key(_ width: Int32, _ height: Int32) -> UInt64 { UInt64(width) << 32 | UInt64(height) }
}
