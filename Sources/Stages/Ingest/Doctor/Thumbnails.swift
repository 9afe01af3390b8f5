import Artifacts
import Diagnostics
import FoundationEssentials
import Images
import ReportFile

/// Reads the images that findings show once more, small.
enum Thumbnails {
    private static let side = 96

    /// Puts PNG files into the examples; images that cannot be decoded stay without.
    static func attach(
        to findings: inout DatasetFindings, of source: LabelledSource, options: IngestOptions
    ) throws(ErdeError) {
        var wanted = Set<String>()
        findings.updateImages { image in wanted.insert(image.name) }
        let format = ImageFormat(channels: 3, height: side, width: side)
        let batch = ImageBatch(format: format, limits: options.limits)
        var loader = ContentLoader(limits: options.limits)
        var pictures: [String: String] = [:]
        for split in DatasetSplit.allCases {
            let images = source.splits[split, default: []].filter { wanted.contains($0.name) }
            var rest = images[...]
            while !rest.isEmpty {
                let loaded = try loader.load(rest.prefix(batch.capacity))
                let (outcomes, pixels) = batch.decode(loaded)
                var start = 0
                for (image, outcome) in zip(rest, outcomes) {
                    guard case .print(let print) = outcome else { continue }
                    let planes = Array(pixels[start..<start + format.byteCount])
                    start += format.byteCount
                    pictures[image.name] = try picture(planes, format: format, isGrey: print.header.channels == 1)
                }
                rest = rest.dropFirst(loaded.count)
            }
        }
        findings.updateImages { image in image.pngBase64 = pictures[image.name] }
    }

    /// One plane is enough of a grey image.
    private static func picture(_ planes: [UInt8], format: ImageFormat, isGrey: Bool) throws(ErdeError) -> String {
        var format = format
        if isGrey { format.channels = 1 }
        let bytes = try pngBytes(channelsFirst: Array(planes.prefix(format.byteCount)), format: format)
        return Data(bytes).base64EncodedString()
    }
}
