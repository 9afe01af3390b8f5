package import Artifacts
package import Diagnostics
import FoundationEssentials

/// Out-of-fold predictions as a file: a line with its kind and version, a line of JSON, the logits of all exits as
/// little-endian floats, and the SHA-256 of all that in hexadecimal.
package enum FoldPredictionsFile {
    /// The line of JSON.
    private struct Header: Codable {
        var origin: FoldPredictions.Origin
        var foldsDone: Int
        var computation: TrainingComputation?
    }

    private static let kind = "erde fold predictions 1"
    private static let digestCount = 64

    /// Writes a file that appears when it is complete.
    ///
    /// - Throws: `ErdeError` of kind `cannotWrite`.
    package static func write(_ predictions: FoldPredictions, to path: String) throws(ErdeError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var bytes = Array("\(kind)\n".utf8)
        do {
            bytes += try encoder.encode(
                Header(
                    origin: predictions.origin, foldsDone: predictions.foldsDone, computation: predictions.computation))
        } catch {
            throw ErdeError(.cannotWrite, path, "the description cannot be written as JSON: \(error)")
        }
        bytes.append(UInt8(ascii: "\n"))
        for logits in predictions.logits {
            for logit in logits { withUnsafeBytes(of: logit.bitPattern.littleEndian) { bytes += $0 } }
        }
        bytes += Array(bytes.withUnsafeBytes { SHA256.digest(of: $0) }.hexadecimal.utf8)
        try AtomicFile.write(bytes, to: path)
    }

    /// Reads a file and checks all of it.
    ///
    /// - Throws: `ErdeError` of kind `notFound`, or `badData` when it is not such a file or is damaged.
    package static func read(_ path: String) throws(ErdeError) -> FoldPredictions {
        let bytes: [UInt8]
        do { bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path))) } catch {
            throw ErdeError(
                .notFound, path, "there are no out-of-fold predictions",
                remedy: "train the teacher with --out-of-fold, or compress without it")
        }
        let lines = bytes.prefix(1 << 20).split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[0].elementsEqual(kind.utf8) else {
            throw damaged(path, "expected a file of \(kind)")
        }
        let header: Header
        do { header = try JSONDecoder().decode(Header.self, from: Data(lines[1])) } catch {
            throw damaged(path, "its description cannot be read")
        }
        let origin = header.origin
        guard origin.imageCount >= 0, origin.classes > 0, origin.exits > 0, 0...max(0, origin.folds) ~= header.foldsDone else {
            throw damaged(path, "its description makes no sense")
        }
        let start = lines[2].startIndex
        var floats = 1
        var overflows = false
        for factor in [origin.imageCount, origin.classes, origin.exits, 4] {
            let product = floats.multipliedReportingOverflow(by: factor)
            (floats, overflows) = (product.partialValue, overflows || product.overflow)
        }
        guard !overflows, bytes.count - start - digestCount == floats else {
            throw damaged(path, "expected \(floats) bytes of logits, found \(bytes.count - start - digestCount)")
        }
        let content = bytes.count - digestCount
        let digest = bytes.withUnsafeBytes { SHA256.digest(of: UnsafeRawBufferPointer(rebasing: $0[..<content])) }
        guard bytes[content...].elementsEqual(digest.hexadecimal.utf8) else {
            throw damaged(path, "the content does not match its checksum")
        }
        var predictions = FoldPredictions(origin)
        predictions.foldsDone = header.foldsDone
        predictions.computation = header.computation
        let perExit = origin.imageCount * origin.classes
        bytes.withUnsafeBytes { bytes in
            for exit in predictions.logits.indices {
                predictions.logits[exit] = (0..<perExit).map { index in
                    let offset = start + 4 * (exit * perExit + index)
                    return Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
                }
            }
        }
        return predictions
    }

    private static func damaged(_ path: String, _ problem: String) -> ErdeError {
        ErdeError(.badData, path, problem, remedy: "remove it and train the teacher again with --out-of-fold")
    }
}
