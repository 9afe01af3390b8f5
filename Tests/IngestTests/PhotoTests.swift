import Artifacts
import Foundation
import Images
import Testing

/// Large JPEG images, decoded smaller than they are when the working size allows it.
@Suite struct PhotoTests {
    private struct Golden: Decodable {
        let name: String
        let channels: Int
        let width: Int
        let height: Int
        let planes: String
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Goldens/photos").path

    /// Pillow decodes them whole. What is left to resampling is eight pixels for one or more: most agree within one level, and
    /// hard edges are a few levels off, since an eighth's pixel is a mean of 64 where the filter's weights would differ.
    @Test func smallSizesAreCloseToPillows() throws {
        let goldens = try JSONDecoder().decode(
            [Golden].self, from: Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/expected.json")))
        #expect(goldens.count == 12)
        var all: [Int] = []
        for golden in goldens {
            let format = ImageFormat(channels: golden.channels, height: golden.height, width: golden.width)
            let pixels = try ImageDecoder.decodeFile("\(Self.folder)/\(golden.name)", format: format)
            let expected = unhex(golden.planes)
            try #require(pixels.count == expected.count)
            let differences = zip(pixels, expected).map { abs(Int($0) - Int($1)) }
            #expect((differences.max() ?? 0) <= 4, "\(golden.name) at \(golden.width)")
            all += differences
        }
        #expect(Double(all.reduce(0, +)) / Double(all.count) < 0.3)
        #expect(Double(all.count { $0 > 1 }) / Double(all.count) < 0.05)
    }

    /// Header and limits speak of the image as it is in its file.
    @Test func theSizeToldIsTheFiles() throws {
        let format = ImageFormat(channels: 3, height: 7, width: 5)
        var decoder = ImageDecoder()
        var planes = [UInt8](repeating: 0, count: format.byteCount)
        let header = try planes.withUnsafeMutableBytes {
            try decoder.decodeFile("\(Self.folder)/colour.jpg", as: format, into: $0)
        }
        #expect(header == ImageHeader(width: 641, height: 487, channels: 3))
        #expect(throws: (any Error).self) {
            try ImageDecoder.decodeFile(
                "\(Self.folder)/colour.jpg", format: format, limits: ImageLimits(pixels: 641 * 487 - 1))
        }
        #expect(try decoder.decodeFile("\(Self.folder)/colour.jpg").pixels.count == 641 * 487 * 3)
    }
}
