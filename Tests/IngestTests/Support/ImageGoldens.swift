import Foundation

/// What `Goldens/images/generate.py` says the fixtures' pixels are.
struct ImageGoldens: Decodable {
    struct File: Decodable {
        let width: Int
        let height: Int
        let channels: Int
        let pixels: String
    }

    struct Resampling: Decodable {
        let resizing: String
        let width: Int
        let height: Int
        let channels: Int
        let targetWidth: Int
        let targetHeight: Int
        let pixels: String
        let planes: String
    }

    struct Luminance: Decodable {
        let pixels: String
        let grey: String
    }

    let files: [String: File]
    let resampling: [Resampling]
    let luminance: Luminance

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Goldens/images").path

    static func load() throws -> ImageGoldens {
        try JSONDecoder().decode(
            ImageGoldens.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/expected.json")))
    }
}

/// The bytes that hexadecimal digits stand for.
func unhex(_ text: String) -> [UInt8] {
    let digits = text.utf8.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x61 + 10 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// The largest difference of two equally long runs of bytes; 256 when they are not equally long.
func largestDifference(_ first: [UInt8], _ second: [UInt8]) -> Int {
    if first.count != second.count { return 256 }
    return zip(first, second).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
}

/// The error's text that `body` throws, or nil when it throws none.
func failure(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return String(describing: error) }
    return nil
}
