import Artifacts
import Dispatch
import Synchronization

/// Decodes the next images while the present ones are classified.
final class ChunkPrefetcher: Sendable {
    private let paths: [String]
    private let format: ImageFormat
    private let chunkSize: Int
    private let queue = DispatchQueue(label: "decode")
    private let ready = Mutex<[Int: DecodedChunk]>([:])

    init(_ paths: [String], format: ImageFormat, chunkSize: Int) {
        self.paths = paths
        self.format = format
        self.chunkSize = chunkSize
    }

    var chunkCount: Int { (paths.count + chunkSize - 1) / chunkSize }

    func range(_ chunk: Int) -> Range<Int> { chunk * chunkSize..<min(paths.count, (chunk + 1) * chunkSize) }

    /// Begins to decode a chunk.
    func start(_ chunk: Int) {
        guard chunk < chunkCount else { return }
        queue.async { [self] in
            let decoded = DecodedChunk(paths[range(chunk)], format: format)
            ready.withLock { $0[chunk] = decoded }
        }
    }

    /// Waits for a chunk that was started.
    func take(_ chunk: Int) -> DecodedChunk {
        queue.sync {}
        return ready.withLock { $0.removeValue(forKey: chunk)! }
    }
}
