/// How a JPEG file's pixels are to be turned to stand upright: the tag of that name in its EXIF data (CIPA DC-008, 4.6.4).
enum ImageOrientation: Int, Hashable, Sendable, CaseIterable {
    case upright = 1
    case mirrored
    case upsideDown
    case mirroredUpsideDown
    case transposed
    /// To be turned clockwise by a quarter.
    case turnedLeft
    case transverse
    /// To be turned anticlockwise by a quarter.
    case turnedRight

    /// Upright where the file says nothing, or nothing that can be understood.
    init(ofJPEG file: UnsafeRawBufferPointer) {
        self = ImageOrientation.tag(ofJPEG: file).flatMap(ImageOrientation.init(rawValue:)) ?? .upright
    }

    /// Whether rows become columns.
    var swapsSides: Bool { rawValue >= ImageOrientation.transposed.rawValue }

    private var reversesRows: Bool { [.upsideDown, .mirroredUpsideDown, .turnedLeft, .transverse].contains(self) }
    private var reversesColumns: Bool { [.mirrored, .upsideDown, .transverse, .turnedRight].contains(self) }

    /// Turns planes `[C, H, W]`.
    ///
    /// - Parameters:
    ///   - planes: as they are in the file, `height` and `width` swapped where the orientation swaps sides.
    ///   - height: of the upright image.
    ///   - width: of the upright image.
    func turn(
        _ planes: UnsafeBufferPointer<UInt8>, channels: Int, height: Int, width: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) {
        let (rows, columns) = swapsSides ? (width, height) : (height, width)
        var place = 0
        for channel in 0..<channels {
            let plane = channel * rows * columns
            for y in 0..<height {
                for x in 0..<width {
                    let (row, column) = swapsSides ? (x, y) : (y, x)
                    let from = (reversesRows ? rows - 1 - row : row) * columns + (reversesColumns ? columns - 1 - column : column)
                    target[place] = planes[plane + from]
                    place += 1
                }
            }
        }
    }

    /// The number of the tag in the first EXIF segment; nil where there is none.
    private static func tag(ofJPEG file: UnsafeRawBufferPointer) -> Int? {
        var place = 2
        while let marker = number(file, at: place, bytes: 2), marker >> 8 == 0xFF {
            // Any number of fill bytes may stand before a marker.
            if marker == 0xFFFF {
                place += 1
                continue
            }
            // Pixels come next, and no EXIF data behind them.
            if marker == 0xFFDA || marker == 0xFFD9 { return nil }
            guard let length = number(file, at: place + 2, bytes: 2), length >= 2 else { return nil }
            let end = place + 2 + length
            let head = place + 4..<place + 10
            if marker == 0xFFE1, head.upperBound <= min(end, file.count), file[head].elementsEqual("Exif\0\0".utf8) {
                let data = UnsafeRawBufferPointer(rebasing: file[head.upperBound..<min(end, file.count)])
                return tag(ofEXIF: data)
            }
            place = end
        }
        return nil
    }

    /// Looks through the first directory of the TIFF structure that EXIF data are.
    private static func tag(ofEXIF data: UnsafeRawBufferPointer) -> Int? {
        let isLittle: Bool
        switch number(data, at: 0, bytes: 2) {
        case 0x4949: isLittle = true
        case 0x4D4D: isLittle = false
        default: return nil
        }
        guard let directory = number(data, at: 4, bytes: 4, isLittle: isLittle),
            let count = number(data, at: directory, bytes: 2, isLittle: isLittle)
        else { return nil }
        for entry in 0..<count {
            let place = directory + 2 + 12 * entry
            guard let tag = number(data, at: place, bytes: 2, isLittle: isLittle) else { return nil }
            // One short number, which stands in the entry itself.
            if tag == 0x0112, number(data, at: place + 2, bytes: 2, isLittle: isLittle) == 3 {
                return number(data, at: place + 8, bytes: 2, isLittle: isLittle)
            }
        }
        return nil
    }

    /// An unsigned number; nil where the bytes end before it.
    private static func number(
        _ bytes: UnsafeRawBufferPointer, at place: Int, bytes count: Int, isLittle: Bool = false
    ) -> Int? {
        guard place >= 0, place + count <= bytes.count else { return nil }
        let digits = bytes[place..<place + count]
        return isLittle ? digits.reversed().reduce(0) { $0 << 8 | Int($1) } : digits.reduce(0) { $0 << 8 | Int($1) }
    }
}
