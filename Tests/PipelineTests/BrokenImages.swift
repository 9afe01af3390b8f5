import Foundation

/// Files called like images that are none, in every way known, each with words that the reason must have.
struct BrokenImages {
    struct Broken {
        let name: String
        let reason: String
    }

    private let folder: String
    private(set) var made: [Broken] = []

    private static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Goldens/images").path

    /// The bytes of a sound golden image.
    static func golden(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(goldens)/\(name)")))
    }

    init(in folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try makeForeign()
        try makePNGs()
        try makeJPEGs()
        try makeOddities()
    }

    private mutating func add(_ name: String, _ reason: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        made.append(Broken(name: name, reason: reason))
    }

    private mutating func makeForeign() throws {
        try add("empty.png", "an empty file", [])
        try add("zeros.jpg", "a file of zeros", [UInt8](repeating: 0, count: 600))
        try add("text.png", "text", Array("this is no image\n".utf8))
        try add("gif.png", "a GIF image", Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0])
        try add("webp.jpg", "a WebP image", Array("RIFF".utf8) + [20, 0, 0, 0] + Array("WEBPVP8 ".utf8))
        try add("bmp.png", "a BMP image", Array("BM".utf8) + [60, 0, 0, 0, 0, 0])
        try add("tiff.tif", "a TIFF image", Array("II*\0".utf8) + [8, 0, 0, 0])
        try add("page.jpeg", "an HTML page", Array("<html><body>404</body></html>".utf8))
        try add("pointer.png", "a Git LFS pointer", Array("version https://git-lfs.github.com/spec/v1\n".utf8))
        try add("noise.png", "no known image", (0..<300).map { UInt8(truncatingIfNeeded: 200 &+ $0 &* 37) })
    }

    private mutating func makePNGs() throws {
        let png = try BrokenImages.golden("rgb-8.png")
        let palette = try BrokenImages.golden("palette-8.png")
        try add("half.png", "PNG", Array(png.prefix(png.count / 2)))
        try add("no-end.png", "truncated PNG", Array(png.dropLast(12)))
        try add("signature.png", "truncated PNG", Array(png.prefix(8)))
        try add("header-crc.png", "damaged PNG", changed(png, at: 29) { $0 ^ 1 })
        try add("data-crc.png", "damaged PNG", changed(png, at: place(of: "IEND", in: png) - 5) { $0 ^ 1 })
        try add("data.png", "damaged PNG", damagedData(png))
        try add("wide.png", "100000 x 100000 pixels, more than", resized(png, 100_000, 100_000))
        try add("bomb.png", "pixels, more than", resized(png, 30_000, 30_000))
        try add("flat.png", "damaged PNG", resized(png, 0, 5))
        try add("no-palette.png", "damaged PNG", without("PLTE", palette))
        try add("noise-behind.png", "PNG", Array(png.prefix(8)) + (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 91) })
        try add("no-data.png", "PNG", without("IDAT", png))
    }

    private mutating func makeJPEGs() throws {
        let jpeg = try BrokenImages.golden("baseline-420.jpg")
        let progressive = try BrokenImages.golden("progressive-420.jpg")
        let frame = frame(in: jpeg)
        try add("half.jpg", "truncated JPEG", Array(jpeg.prefix(jpeg.count / 2)))
        try add("no-end.jpg", "truncated JPEG", Array(jpeg.dropLast(2)))
        try add("start.jpg", "JPEG", Array(jpeg.prefix(4)))
        try add("progressive.jpg", "truncated JPEG", Array(progressive.prefix(progressive.count * 2 / 3)))
        try add("wide.jpg", "more than", changed(jpeg, at: frame + 5, to: [0xFF, 0xDC, 0xFF, 0xDC]))
        try add("precise.jpg", "precision 12", changed(jpeg, at: frame + 4, to: [12]))
        try add("flat.jpg", "damaged JPEG", changed(jpeg, at: frame + 7, to: [0, 0]))
        try add("noise-behind.jpg", "JPEG", Array(jpeg.prefix(3)) + (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 91) })
    }

    private mutating func makeOddities() throws {
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/nowhere.png", withDestinationPath: "absent.png")
        made.append(Broken(name: "nowhere.png", reason: "No such file"))
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/itself.jpg", withDestinationPath: "itself.jpg")
        made.append(Broken(name: "itself.jpg", reason: "symbolic links"))
        try FileManager.default.createDirectory(atPath: "\(folder)/hollow.png", withIntermediateDirectories: false)
        made.append(Broken(name: "hollow.png", reason: "a folder"))
        if mkfifo("\(folder)/pipe.png", 0o600) == 0 { made.append(Broken(name: "pipe.png", reason: "a pipe")) }
        if mknod("\(folder)/socket.jpg", S_IFSOCK | 0o600, 0) == 0 {
            made.append(Broken(name: "socket.jpg", reason: "a socket"))
        }
        try Data().write(to: URL(fileURLWithPath: "\(folder)/giant.png"))
        if truncate("\(folder)/giant.png", 300 << 20) == 0 {
            made.append(Broken(name: "giant.png", reason: "314572800 bytes, more than"))
        }
    }

    // MARK: Ways to break

    private func changed(_ bytes: [UInt8], at place: Int, _ change: (UInt8) -> UInt8) -> [UInt8] {
        changed(bytes, at: place, to: [change(bytes[place])])
    }

    private func changed(_ bytes: [UInt8], at place: Int, to content: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes.replaceSubrange(place..<place + content.count, with: content)
        return bytes
    }

    /// Where a PNG's chunk has its name.
    private func place(of chunk: String, in png: [UInt8]) -> Int {
        let name = Array(chunk.utf8)
        return (0..<png.count - 4).first { png[$0..<$0 + 4].elementsEqual(name) } ?? 8
    }

    private func without(_ chunk: String, _ png: [UInt8]) -> [UInt8] {
        let place = place(of: chunk, in: png)
        let count = png[place - 4..<place].reduce(0) { $0 << 8 | Int($1) }
        return Array(png[..<(place - 4)] + png[(place + 8 + count)...])
    }

    /// The first block of compressed data no longer says what it is; the checksum agrees with that.
    private func damagedData(_ png: [UInt8]) -> [UInt8] {
        let start = place(of: "IDAT", in: png)
        let count = png[start - 4..<start].reduce(0) { $0 << 8 | Int($1) }
        var bytes = changed(png, at: start + 6, to: [0xFF, 0xFF])
        bytes = changed(bytes, at: start + 4 + count, to: checksum(bytes[start..<start + 4 + count]))
        return bytes
    }

    /// Says another size, with the right checksum.
    private func resized(_ png: [UInt8], _ width: UInt32, _ height: UInt32) -> [UInt8] {
        let sizes = [width, height].flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
        let bytes = changed(png, at: 16, to: sizes)
        return changed(bytes, at: 29, to: checksum(bytes[12..<29]))
    }

    /// Where a JPEG's frame header begins, at its mark.
    private func frame(in jpeg: [UInt8]) -> Int {
        (0..<jpeg.count - 1).first { jpeg[$0] == 0xFF && (0xC0...0xC2).contains(jpeg[$0 + 1]) } ?? 0
    }

    private func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let crc = ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { word, _ in word & 1 == 1 ? word >> 1 ^ 0xEDB8_8320 : word >> 1 }
        }
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc >> $0) }
    }
}
