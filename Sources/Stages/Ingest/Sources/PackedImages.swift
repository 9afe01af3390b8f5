/// Equally sized images of one array in memory: the content of IDX, CIFAR and MAT files.
struct PackedImages: Sendable {
    /// The order of an image's bytes.
    enum Order: Sendable {
        /// `[C, H, W]`
        case planes
        /// `[C, W, H]`, as EMNIST and MATLAB have it.
        case transposedPlanes
    }

    let channels: Int
    let height: Int
    let width: Int
    let order: Order
    /// A whole file, or a part that shares its memory.
    let bytes: ArraySlice<UInt8>
    /// Where the first image begins, as an index into `bytes`.
    let start: Int
    /// Bytes from one image to the next.
    let stride: Int

    init(
        channels: Int, height: Int, width: Int, order: Order = .planes, bytes: ArraySlice<UInt8>, start: Int? = nil,
        stride: Int? = nil
    ) {
        self.channels = channels
        self.height = height
        self.width = width
        self.order = order
        self.bytes = bytes
        self.start = start ?? bytes.startIndex
        self.stride = stride ?? channels * height * width
    }

    /// The pixels `[H, W, C]` of one image.
    func interleaved(at index: Int) -> [UInt8] {
        let first = start + index * stride
        let area = height * width
        precondition(index >= 0 && first + channels * area <= bytes.endIndex, "image \(index) of \(bytes.count) bytes")
        if channels == 1 && order == .planes { return Array(bytes[first..<first + area]) }
        let (down, across) =
            switch order {
            case .planes: (width, 1)
            case .transposedPlanes: (1, height)
            }
        return [UInt8](unsafeUninitializedCapacity: channels * area) { target, filled in
            for channel in 0..<channels {
                let plane = first + channel * area
                for row in 0..<height {
                    for column in 0..<width {
                        target[(row * width + column) * channels + channel] = bytes[plane + row * down + column * across]
                    }
                }
            }
            filled = channels * area
        }
    }
}
