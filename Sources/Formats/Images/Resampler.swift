package import Artifacts

/// Brings images to a working size: antialiased bilinear, two passes, columns of a row first, rounding to 8 bits between.
///
/// The result is that of Pillow's `resize(size, BILINEAR, box)` within 1 of 255. Windows of the last sizes are kept, so a
/// resampler is cheap for images that are all alike; one per thread.
package struct Resampler: ~Copyable {
    private struct Axis: Hashable {
        let source: Int
        let origin: Double
        let extent: Double
        let target: Int

        /// Whether the axis comes out as it goes in.
        var isIdentity: Bool { source == target && origin == 0 && extent == Double(source) }
    }

    private var horizontal: (axis: Axis, window: ResamplingWindow)?
    private var vertical: (axis: Axis, window: ResamplingWindow)?
    private var rows: [UInt8] = []
    private var sums: [Int32] = []

    package init() {}

    /// Resamples an interleaved image `[H, W, C]` to planes `[C, H', W']` of `format`'s size.
    ///
    /// - Parameters:
    ///   - pixels: `width * height * channels` bytes, `width` and `height` divided by `reduction` and rounded up.
    ///   - reduction: how many pixels of the image each of these stands for, along each side.
    ///   - target: room for `channels * format.height * format.width` bytes.
    package mutating func resample(
        _ pixels: UnsafePointer<UInt8>, width fullWidth: Int, height fullHeight: Int, reduction: Int = 1, channels: Int,
        to format: ImageFormat, into target: UnsafeMutablePointer<UInt8>
    ) {
        let width = (fullWidth + reduction - 1) / reduction
        let height = (fullHeight + reduction - 1) / reduction
        // The last pixel of a line may stand for fewer pixels than the others.
        let extent = (width: Double(fullWidth) / Double(reduction), height: Double(fullHeight) / Double(reduction))
        var across = Axis(source: width, origin: 0, extent: extent.width, target: format.width)
        var down = Axis(source: height, origin: 0, extent: extent.height, target: format.height)
        if format.resizing == .centerCrop {
            let scale = max(Double(format.width) / extent.width, Double(format.height) / extent.height)
            let kept = (width: Double(format.width) / scale, height: Double(format.height) / scale)
            across = Axis(
                source: width, origin: (extent.width - kept.width) / 2, extent: kept.width, target: format.width)
            down = Axis(
                source: height, origin: (extent.height - kept.height) / 2, extent: kept.height, target: format.height)
        }
        if down.isIdentity {
            resampleRows(pixels, height: height, channels: channels, along: across, into: target)
            return
        }
        let rowBytes = channels * height * format.width
        if rows.count < rowBytes { rows = [UInt8](repeating: 0, count: rowBytes) }
        // The array is taken out while it is written, so that no copy is made.
        var buffer: [UInt8] = []
        swap(&buffer, &rows)
        buffer.withUnsafeMutableBufferPointer { buffer in
            resampleRows(pixels, height: height, channels: channels, along: across, into: buffer.baseAddress!)
            resampleColumns(
                buffer.baseAddress!, width: format.width, channels: channels, along: down, into: target)
        }
        swap(&buffer, &rows)
    }

    /// `[H, W, C]` to `[C, H, W']`.
    private mutating func resampleRows(
        _ pixels: UnsafePointer<UInt8>, height: Int, channels: Int, along axis: Axis,
        into target: UnsafeMutablePointer<UInt8>
    ) {
        if axis.isIdentity {
            separate(pixels, count: height * axis.source, channels: channels, into: target)
            return
        }
        if horizontal?.axis != axis {
            horizontal = (
                axis,
                ResamplingWindow(source: axis.source, origin: axis.origin, extent: axis.extent, target: axis.target)
            )
        }
        let window = horizontal!.window
        let half = Int32(1) << (ResamplingWindow.fractionBits - 1)
        window.weights.withUnsafeBufferPointer { weights in
            for channel in 0..<channels {
                for row in 0..<height {
                    let source = pixels + (row &* axis.source &* channels &+ channel)
                    let line = target + (channel &* height &+ row) &* axis.target
                    for position in 0..<axis.target {
                        var sum = half
                        var place = window.starts[position] &* channels
                        let first = position &* window.stride
                        for index in first..<first &+ window.counts[position] {
                            sum &+= Int32(source[place]) &* weights[index]
                            place &+= channels
                        }
                        line[position] = UInt8(clamping: sum >> Int32(ResamplingWindow.fractionBits))
                    }
                }
            }
        }
    }

    /// `[C, H, W]` to `[C, H', W]`.
    private mutating func resampleColumns(
        _ planes: UnsafePointer<UInt8>, width: Int, channels: Int, along axis: Axis,
        into target: UnsafeMutablePointer<UInt8>
    ) {
        if vertical?.axis != axis {
            vertical = (
                axis,
                ResamplingWindow(source: axis.source, origin: axis.origin, extent: axis.extent, target: axis.target)
            )
        }
        let window = vertical!.window
        let half = Int32(1) << (ResamplingWindow.fractionBits - 1)
        if sums.count < width { sums = [Int32](repeating: 0, count: width) }
        sums.withUnsafeMutableBufferPointer { sums in
            for channel in 0..<channels {
                let plane = planes + channel &* axis.source &* width
                for position in 0..<axis.target {
                    for column in 0..<width { sums[column] = half }
                    for index in 0..<window.counts[position] {
                        let weight = window.weights[position &* window.stride &+ index]
                        let row = plane + (window.starts[position] &+ index) &* width
                        for column in 0..<width { sums[column] &+= Int32(row[column]) &* weight }
                    }
                    let line = target + (channel &* axis.target &+ position) &* width
                    for column in 0..<width {
                        line[column] = UInt8(clamping: sums[column] >> Int32(ResamplingWindow.fractionBits))
                    }
                }
            }
        }
    }

    /// `[N, C]` to `[C, N]`.
    private func separate(
        _ pixels: UnsafePointer<UInt8>, count: Int, channels: Int, into target: UnsafeMutablePointer<UInt8>
    ) {
        if channels == 1 {
            target.update(from: pixels, count: count)
            return
        }
        for channel in 0..<channels {
            let plane = target + channel &* count
            var place = channel
            for position in 0..<count {
                plane[position] = pixels[place]
                place &+= channels
            }
        }
    }
}
