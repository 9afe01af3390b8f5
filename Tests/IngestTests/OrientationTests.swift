import Artifacts
import Foundation
import Images
import Testing

/// JPEG images that a camera held sideways wrote, beside what Pillow's `exif_transpose` makes of them.
@Suite struct OrientationTests {
    private struct Golden: Decodable {
        let name: String
        let fullWidth: Int
        let fullHeight: Int
        let width: Int
        let height: Int
        let planes: String
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Goldens/orientations").path

    /// At full size to the last bit or two of the decoder; resized, the order of the passes rounds differently too.
    @Test func imagesStandUpright() throws {
        let goldens = try JSONDecoder().decode(
            [Golden].self, from: Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/expected.json")))
        #expect(goldens.count == 16)
        for golden in goldens {
            let format = ImageFormat(channels: 3, height: golden.height, width: golden.width)
            let path = "\(Self.folder)/\(golden.name)"
            let pixels = try ImageDecoder.decodeFile(path, format: format)
            let expected = unhex(golden.planes)
            try #require(pixels.count == expected.count)
            #expect(largestDifference(pixels, expected) <= 2, "\(golden.name) at \(golden.width)x\(golden.height)")
            var decoder = ImageDecoder()
            let header = ImageHeader(width: golden.fullWidth, height: golden.fullHeight, channels: 3)
            #expect(try decoder.header(ofFile: path) == header)
            var planes = [UInt8](repeating: 0, count: format.byteCount)
            #expect(try planes.withUnsafeMutableBytes { try decoder.decodeFile(path, as: format, into: $0) } == header)
        }
    }

    @Test func markersMayHaveFillBytesBeforeThem() throws {
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/orientation-6.jpg")))
        let start = try #require((0..<200).first { file[$0] == 0xFF && file[$0 + 1] == 0xE1 })
        let format = ImageFormat(channels: 3, height: 44, width: 30)
        let filled = file[..<start] + [0xFF, 0xFF, 0xFF] + file[start...]
        #expect(
            try ImageDecoder.decode(Array(filled), name: "filled", format: format)
                == ImageDecoder.decode(file, name: "plain", format: format))
    }

    /// EXIF data that are cut off or make no sense turn nothing, and are no reason to refuse an image.
    @Test func damagedTagsTurnNothing() throws {
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/orientation-6.jpg")))
        let start = try #require((0..<200).first { file[$0..<$0 + 6].elementsEqual("Exif\0\0".utf8) })
        let format = ImageFormat(channels: 3, height: 30, width: 44)
        var plain = file
        plain[start] = UInt8(ascii: "X")
        let expected = try ImageDecoder.decode(plain, name: "plain", format: format)
        // The order of the bytes, the place of the directory, the number of entries, the tag, its type, its value.
        for (offset, value) in [(6, 0), (10, 0xFF), (13, 0xFF), (14, 0), (28, 0x99), (30, 9), (36, 0), (36, 9)] as [(Int, UInt8)]
        {
            var damaged = file
            damaged[start + offset] = value
            let pixels = try ImageDecoder.decode(damaged, name: "damaged", format: format)
            #expect(pixels == expected, "byte \(offset)")
        }
    }
}
