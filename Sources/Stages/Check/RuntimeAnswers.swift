import Artifacts
import Diagnostics
import FoundationEssentials

/// What a runtime says of all images.
struct RuntimeAnswers {
    let result: RunnerResult
    /// `[N, K]` row-major for each exit of the file; of what lets images leave, first those at the exits taken.
    let logits: [[Float]]
    /// The exit each image took, counted from 1; nil where none leaves.
    let exits: [Int32]?

    /// Reads what a runner left in its folder.
    ///
    /// - Parameter images: how many were given.
    /// - Throws: `ErdeError` of kind `badData` when that is not what a runner writes.
    init(_ result: RunnerResult, in folder: String, images: Int, classes: Int) throws(ErdeError) {
        func array<Element: BitwiseCopyable>(_ name: String, of type: Element.Type, zero: Element) -> [Element]? {
            guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")),
                bytes.count % MemoryLayout<Element>.stride == 0
            else { return nil }
            var elements = [Element](repeating: zero, count: bytes.count / MemoryLayout<Element>.stride)
            elements.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
            return elements
        }
        guard let found = array("answers.f32", of: Float.self, zero: 0), let rows = result.rows, rows > 0, images > 0,
            result.classes == classes, found.count == rows * images * classes
        else {
            let shape = "\(result.rows ?? 0) x \(images) x \(result.classes ?? 0)"
            throw ErdeError(.badData, "answers.f32", "expected logits of \(images) images in \(classes) classes, found \(shape)")
        }
        self.result = result
        logits = (0..<rows).map { Array(found[$0 * images * classes..<($0 + 1) * images * classes]) }
        exits = array("exits.i32", of: Int32.self, zero: 0)
        if let exits, exits.count != images {
            throw ErdeError(.badData, "exits.i32", "expected \(images) exits, found \(exits.count)")
        }
    }

    /// The thresholds that a program brings along.
    var thresholds: [Double]? { result.thresholds?.map { Double($0) ?? .nan } }

    /// How long an image takes, by ascending batch.
    var milliseconds: [BatchTime] {
        (result.milliseconds ?? [:]).compactMap { batch, time in Int(batch).map { BatchTime(batch: $0, milliseconds: time) } }
            .sorted { $0.batch < $1.batch }
    }
}
