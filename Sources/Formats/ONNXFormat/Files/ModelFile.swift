package import Artifacts
package import Diagnostics
import Glibc

/// Model files (`.pb`): ONNX with erde's metadata.
package enum ModelFile {
    /// Protocol buffers hold no more.
    private static let largestByteCount = 1 << 31

    /// Reads a model.
    ///
    /// - Throws: `ErdeError` of kind `notFound` when the file cannot be opened, `badData` when it is no model of erde's.
    package static func read(path: String) throws(ErdeError) -> Model {
        try ONNXReader.model(from: try bytes(of: path), name: path)
    }

    /// Writes a model; the file appears only when it has been read back from disk and found equal.
    ///
    /// - Throws: `ErdeError` of kind `badData` when ONNX cannot hold the model, `cannotWrite` when the file cannot be
    ///   written or does not read back as what was meant.
    package static func write(_ model: Model, to path: String) throws(ErdeError) {
        let bytes: [UInt8]
        do { bytes = try ONNXWriter.bytes(of: model) } catch {
            throw ErdeError(error.kind, path, "\(error.subject) \(error.problem)", remedy: error.remedy)
        }
        let file = try AtomicFile(path: path)
        var failure: ErdeError?
        bytes.withUnsafeBytes { buffer in
            do throws(ErdeError) { try file.write(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        let readBack = try ONNXReader.model(from: try self.bytes(of: file.temporaryPath), name: path)
        if let difference = model.firstDifference(from: readBack) {
            throw ErdeError(
                .cannotWrite, path, "was written but reads back differently: \(difference)",
                remedy: "report this as a defect of erde")
        }
        try file.commit()
    }

    /// SHA-256 of a file, 64 hexadecimal digits: what `Provenance.parentHash` holds.
    ///
    /// - Throws: `ErdeError` of kind `notFound` when the file cannot be read.
    package static func hash(path: String) throws(ErdeError) -> String {
        SHA256.digest(of: try bytes(of: path)).hexadecimal
    }

    /// The content of a file of less than 2 GiB.
    static func bytes(of path: String) throws(ErdeError) -> [UInt8] {
        func failure() -> ErdeError {
            ErdeError(.notFound, path, "cannot be read: \(String(cString: strerror(errno)))", remedy: "give an existing file")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw ErdeError(.badData, path, isFolder ? "is a folder" : "is no regular file", remedy: "give a model file")
        }
        guard status.st_size < largestByteCount else {
            throw ErdeError(.badData, path, "is not less than 2 GiB large", remedy: "give a model file")
        }
        let size = Int(status.st_size)
        var filled = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while filled < size {
                let got = Glibc.read(descriptor, buffer.baseAddress! + filled, size - filled)
                if got < 0 && errno == EINTR { continue }
                if got <= 0 { break }
                filled += got
            }
            count = filled
        }
        guard filled == size else { throw failure() }
        return bytes
    }
}
