/// Grey images of one IDX file in memory.
struct IDXImages: Sendable {
    let width: Int
    let height: Int
    /// `[N, H, W]`
    let pixels: [UInt8]

    /// Calls `body` with the pixels `[H, W]` of one image.
    func withPixels<Result>(at index: Int, _ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        pixels.withUnsafeBufferPointer { body($0.baseAddress! + index * width * height) }
    }
}
