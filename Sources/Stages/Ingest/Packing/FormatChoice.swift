import Artifacts
import Diagnostics
import Images

/// Chooses the working size and the channels from the images' own headers where the options leave them open.
///
/// - Size: the most common size, if at least half of the images have it and neither side is above 256; otherwise
///   64 x 64. When only one side is given, the other is the same.
/// - Channels: grey if every readable image is grey, else RGB.
enum FormatChoice {
    static let largestCommonSide = 256
    static let fallbackSide = 64

    /// Whether headers must be read first.
    static func needsHeaders(_ options: IngestOptions) -> Bool {
        options.channels == .automatic || (options.height == nil && options.width == nil)
    }

    /// - Parameter headers: of the readable images.
    static func choose(_ headers: [ImageHeader], options: IngestOptions, notes: inout [String]) -> ImageFormat {
        let channels: Int
        switch options.channels {
        case .grey: channels = 1
        case .rgb: channels = 3
        case .automatic:
            let colourCount = headers.count { $0.channels == 3 }
            channels = colourCount == 0 ? 1 : 3
            if colourCount > 0 && colourCount < headers.count {
                notes.append("channels: RGB, because \(colourCount) of \(headers.count) images have colour")
            }
        }
        let size = size(headers, options: options, notes: &notes)
        return ImageFormat(channels: channels, height: size.height, width: size.width, resizing: options.resizing)
    }

    private struct Size: Hashable {
        let height: Int
        let width: Int
    }

    private static func size(_ headers: [ImageHeader], options: IngestOptions, notes: inout [String]) -> Size {
        if let height = options.height ?? options.width, let width = options.width ?? options.height {
            return Size(height: height, width: width)
        }
        var counts: [Size: Int] = [:]
        for header in headers { counts[Size(height: header.height, width: header.width), default: 0] += 1 }
        // Ties go to the smaller size, so that the choice depends on the images alone.
        let common = counts.max { first, second in
            (first.value, -first.key.height, -first.key.width) < (second.value, -second.key.height, -second.key.width)
        }
        if let common, common.value * 2 >= headers.count, max(common.key.height, common.key.width) <= largestCommonSide {
            if common.value < headers.count {
                notes.append(
                    "size: \(common.key.width) x \(common.key.height), that of \(common.value) of \(headers.count) images")
            }
            return common.key
        }
        notes.append("size: \(fallbackSide) x \(fallbackSide), because images vary in size or are large")
        return Size(height: fallbackSide, width: fallbackSide)
    }
}
