import Artifacts
import Diagnostics
import Foundation
import Images
import TestSupport
import Testing

@Suite struct ImageDecodingTests {
    private func decoded(_ bytes: [UInt8], limits: ImageLimits = ImageLimits()) throws -> DecodedImage {
        let decoder = ImageDecoder(limits: limits)
        return try bytes.withUnsafeBytes { try decoder.decode($0, name: "image") }
    }

    @Test func everyPNGKindHasTheEncodedPixels() throws {
        let goldens = try ImageGoldens.load().files.filter { $0.key.hasSuffix(".png") }
        #expect(goldens.count == 53)
        for (name, golden) in goldens {
            let image = try decoded(bytes(of: "\(ImageGoldens.folder)/\(name)"))
            #expect(image.width == golden.width && image.height == golden.height, "\(name)")
            #expect(image.channels == golden.channels, "\(name)")
            #expect(image.pixels == unhex(golden.pixels), "\(name)")
        }
    }

    /// Versions of libjpeg may round colours differently by 1.
    @Test func everyJPEGKindHasPillowsPixels() throws {
        let goldens = try ImageGoldens.load().files.filter { $0.key.hasSuffix(".jpg") }
        #expect(goldens.count == 11)
        for (name, golden) in goldens {
            let image = try decoded(bytes(of: "\(ImageGoldens.folder)/\(name)"))
            #expect(image.width == golden.width && image.height == golden.height, "\(name)")
            #expect(image.channels == golden.channels, "\(name)")
            #expect(largestDifference(image.pixels, unhex(golden.pixels)) <= 1, "\(name)")
        }
    }

    @Test func oneDecoderServesManyImagesAndErrorsBetween() throws {
        let goldens = try ImageGoldens.load().files
        let decoder = ImageDecoder()
        for name in goldens.keys.sorted() {
            let file = try bytes(of: "\(ImageGoldens.folder)/\(name)")
            let half = Array(file.prefix(file.count / 2))
            #expect(throws: ImageFault.self) { try half.withUnsafeBytes { _ = try decoder.decode($0, name: name) } }
            let image = try file.withUnsafeBytes { try decoder.decode($0, name: name) }
            #expect(largestDifference(image.pixels, unhex(goldens[name]!.pixels)) <= 1, "\(name)")
        }
    }

    @Test func headersAgreeWithPixels() throws {
        let goldens = try ImageGoldens.load().files
        let decoder = ImageDecoder()
        for (name, golden) in goldens {
            let file = try bytes(of: "\(ImageGoldens.folder)/\(name)")
            let header = try file.withUnsafeBytes { try decoder.header(of: $0, name: name) }
            #expect(header == ImageHeader(width: golden.width, height: golden.height, channels: golden.channels), "\(name)")
        }
    }

    /// Cutting anywhere loses pixels or the end mark; both make a file untrustworthy.
    @Test(arguments: ["rgb-8.png", "palette-4-trns-adam7.png", "baseline-420.jpg", "progressive-420.jpg"])
    func everyTruncationIsAnError(name: String) throws {
        let file = try bytes(of: "\(ImageGoldens.folder)/\(name)")
        // Of a PNG's end mark the checksum must be there, of a JPEG's both bytes.
        for count in 0..<file.count {
            let text = failure { _ = try decoded(Array(file.prefix(count))) }
            #expect(text?.hasPrefix("image: ") == true, "\(name) cut to \(count) bytes")
            #expect(text?.contains("\n") != true)
        }
        for (count, kind) in [(0, FindingKind.empty), (file.count / 2, .truncated), (file.count - 1, .truncated)] {
            let fault = #expect(throws: ImageFault.self) { _ = try decoded(Array(file.prefix(count))) }
            #expect(fault?.kind == kind, "\(name) cut to \(count) bytes")
        }
    }

    /// Some cameras write bytes too many in front of the end mark; all pixels are there.
    @Test(arguments: ["baseline-420.jpg", "progressive-420.jpg", "grey.jpg"])
    func bytesBeforeTheEndMarkAreNoDamage(name: String) throws {
        let file = try bytes(of: "\(ImageGoldens.folder)/\(name)")
        let sound = try decoded(file)
        let end: [UInt8] = [0xFF, 0xD9]
        #expect(Array(file.suffix(2)) == end)
        for count in [1, 7, 64, 300] {
            let padding = (0..<count).map { UInt8($0 % 251 + 1) }
            let longer = Array(file.dropLast(2)) + padding + end
            #expect(try decoded(longer) == sound, "\(count) bytes more")
        }
        // In front of another mark they are: here behind the first segment.
        var torn = file
        torn.insert(contentsOf: [1, 2, 3], at: 4 + (Int(file[4]) << 8 | Int(file[5])))
        #expect(throws: ImageFault.self) { _ = try decoded(torn) }
        // So is what is missing.
        let shorter = Array(file.dropLast(12)) + end
        #expect(throws: ImageFault.self) { _ = try decoded(shorter) }
    }

    /// Whatever one flipped byte does, it does not crash, and a PNG's checksums find every one that matters.
    @Test(arguments: ["grey-8.png", "rgb-16-adam7.png", "palette-2.png", "progressive-420.jpg", "ycck-adobe.jpg"])
    func damagedBytesNeverCrash(name: String) throws {
        let file = try bytes(of: "\(ImageGoldens.folder)/\(name)")
        let sound = try decoded(file)
        let limits = ImageLimits(side: 4096, pixels: 1 << 20)
        for position in 0..<file.count {
            var damaged = file
            damaged[position] ^= 0x55
            let image = try? decoded(damaged, limits: limits)
            if name.hasSuffix(".png"), let image { #expect(image == sound, "byte \(position) of \(name)") }
        }
    }

    @Test func limitsAreCheckedBeforeDecoding() throws {
        // 60,000 x 60,000 pixels are promised and none are there: only a check of the header can say so.
        var huge = StoredStreams.png(width: 1, height: 1, [0])
        huge.replaceSubrange(16..<24, with: [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60])
        let crc = StoredStreams.crc32(Array(huge[12..<29]))
        huge.replaceSubrange(29..<33, with: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc >> $0) })
        #expect(failure { _ = try decoded(huge) }?.contains("60000 x 60000 pixels, more than 32768 a side") == true)

        let small = StoredStreams.png(width: 5, height: 4, [UInt8](repeating: 9, count: 20))
        #expect(
            failure { _ = try decoded(small, limits: ImageLimits(pixels: 19)) }?.contains("5 x 4 pixels, more than 19") == true)
        #expect(failure { _ = try decoded(small, limits: ImageLimits(fileBytes: 10)) }?.contains("more than 10") == true)
        #expect(try decoded(small, limits: ImageLimits(side: 5, pixels: 20)).pixels.count == 20)
    }

    @Test func otherContentIsNamed() {
        let cases: [(content: [UInt8], words: String)] = [
            (Array("GIF89a".utf8) + [1, 0, 1, 0], "a GIF image"),
            (Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBPVP8 ".utf8), "a WebP image"),
            (Array("BM".utf8) + [9, 0, 0, 0], "a BMP image"), (Array("II*\0".utf8), "a TIFF image"), ([], "an empty file"),
            (Array("not an image\n".utf8), "text"), ([UInt8](repeating: 0, count: 40), "a file of zeros"),
            ([0x89, 0x50, 0x4E], "no known image"),
        ]
        for (content, words) in cases {
            let text = failure { _ = try decoded(content) }
            #expect(text == "image: expected a PNG or JPEG image, found \(words); convert it or remove it")
        }
    }

    @Test func theExtensionDoesNotMatter() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(StoredStreams.png(width: 2, height: 1, [7, 250]), to: "picture.jpg")
        let format = ImageFormat(channels: 1, height: 1, width: 2)
        #expect(try ImageDecoder.decodeFile(path, format: format) == [7, 250])
        #expect(throws: ImageFault.self) { try ImageDecoder.decodeFile(folder("absent.png"), format: format) }
        #expect(throws: ImageFault.self) { try ImageDecoder.decodeFile(folder.path, format: format) }
    }

    @Test func channelsAreConverted() throws {
        let golden = try ImageGoldens.load().luminance
        let colour = StoredStreams.png(width: 500, height: 1, channels: 3, unhex(golden.pixels))
        let grey = try ImageDecoder.decode(colour, name: "image", format: ImageFormat(channels: 1, height: 1, width: 500))
        #expect(grey == unhex(golden.grey))
        let three = try ImageDecoder.decode(
            StoredStreams.png(width: 2, height: 2, [1, 2, 3, 4]), name: "image",
            format: ImageFormat(channels: 3, height: 2, width: 2))
        #expect(three == [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4])
        let planes = try ImageDecoder.decode(
            StoredStreams.png(width: 2, height: 1, channels: 3, [1, 2, 3, 4, 5, 6]), name: "image",
            format: ImageFormat(channels: 3, height: 1, width: 2))
        #expect(planes == [1, 4, 2, 5, 3, 6])
    }
}
