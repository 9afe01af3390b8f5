/// Grey from RGB, as Pillow's mode `L`: `(19595 R + 38470 G + 7471 B + 32768) / 65536`, the weights of ITU-R 601-2.
package enum Luminance {
    /// `[N, 3]` interleaved to `[N]`; source and target may be the same memory.
    package static func convert(
        _ pixels: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>
    ) {
        for position in 0..<count {
            let pixel = pixels + 3 &* position
            let sum = 19595 &* UInt32(pixel[0]) &+ 38470 &* UInt32(pixel[1]) &+ 7471 &* UInt32(pixel[2]) &+ 0x8000
            target[position] = UInt8(truncatingIfNeeded: sum >> 16)
        }
    }
}
