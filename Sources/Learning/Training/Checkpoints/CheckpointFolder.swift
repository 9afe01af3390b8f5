import Artifacts
import Diagnostics
import FoundationEssentials
import Glibc
import Graphs
import Tensors

/// A folder in which the newest checkpoint of a run lies: `checkpoint-N/state.json` and `checkpoint-N/variables.f32`.
///
/// A checkpoint is written as `partial-PROCESS`, synchronised and then renamed, and only then is the one before removed: at
/// any moment a complete one is there.
package struct CheckpointFolder: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    private static let prefix = "checkpoint-"
    private static let partialPrefix = "partial-"

    /// Whether there is something to go on from.
    package var hasCheckpoint: Bool { !numbers.isEmpty }

    /// Removes all checkpoints, and the folder if nothing else is in it.
    package func remove() {
        for number in numbers { try? FileManager.default.removeItem(atPath: place(number)) }
        removePartial { _ in true }
        rmdir(path)
    }

    /// Puts a checkpoint in the place of those that are here, or leaves them and nothing of it.
    func save(_ checkpoint: Checkpoint) throws(ErdeError) {
        removePartial { $0 == getpid() || (kill($0, 0) != 0 && errno == ESRCH) }
        let temporary = partialPlace(getpid())
        do throws(ErdeError) {
            try write(checkpoint, into: temporary)
            try putInPlace(temporary)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
    }

    private func write(_ checkpoint: Checkpoint, into temporary: String) throws(ErdeError) {
        do {
            try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        } catch {
            throw ErdeError(.cannotWrite, path, "the folder cannot be made", remedy: "choose a place you may write to")
        }
        var state = checkpoint.state
        var hash = StableHash()
        let file = try AtomicFile(path: "\(temporary)/variables.f32")
        for (name, tensor) in checkpoint.parameters.tensors.sorted(by: { $0.key < $1.key }) {
            state.variables.append(CheckpointState.Entry(name: name, shape: tensor.shape.dimensions))
            var failure: ErdeError?
            tensor.withUnsafeBytes { bytes in
                hash.combine(bytes)
                do throws(ErdeError) { try file.write(bytes) } catch { failure = error }
            }
            if let failure { throw failure }
        }
        try file.commit()
        state.checksum = hash.text
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let json: Data
        do { json = try encoder.encode(state) } catch {
            throw ErdeError(.cannotWrite, path, "the state cannot be written as JSON: \(error)")
        }
        try AtomicFile.write(json, to: "\(temporary)/state.json")
    }

    private func putInPlace(_ temporary: String) throws(ErdeError) {
        let older = numbers
        let number = (older.last ?? 0) + 1
        guard synchronize(temporary), rename(temporary, place(number)) == 0, synchronize(path) else {
            throw ErdeError(
                .cannotWrite, path, "the checkpoint cannot be put in place: \(String(cString: strerror(errno)))",
                remedy: "choose a place you may write to")
        }
        for number in older { try? FileManager.default.removeItem(atPath: place(number)) }
    }

    /// Reads the newest checkpoint.
    ///
    /// - Throws: `ErdeError` of kind `notFound` if there is none, `badData` if it is damaged or not a checkpoint.
    func load() throws(ErdeError) -> Checkpoint {
        guard let number = numbers.last else {
            throw ErdeError(.notFound, path, "no checkpoint lies here", remedy: "start without --resume")
        }
        let folder = place(number)
        let json = try contents(of: "\(folder)/state.json")
        let state: CheckpointState
        do { state = try JSONDecoder().decode(CheckpointState.self, from: json) } catch {
            throw damaged("\(folder)/state.json", "is not the state of a checkpoint")
        }
        guard state.format == CheckpointState.format else {
            throw damaged("\(folder)/state.json", "expected \(CheckpointState.format), found \(state.format)")
        }
        return Checkpoint(state: state, parameters: try parameters(state, "\(folder)/variables.f32"))
    }

    private func parameters(_ state: CheckpointState, _ file: String) throws(ErdeError) -> Parameters {
        let data = try contents(of: file)
        var expected = 0
        for entry in state.variables {
            var count = 4
            for extent in entry.shape {
                let (product, overflows) = count.multipliedReportingOverflow(by: extent)
                guard extent >= 0, !overflows else { throw damaged(file, "\(entry.name) has the shape \(entry.shape)") }
                count = product
            }
            let (sum, overflows) = expected.addingReportingOverflow(count)
            guard !overflows else { throw damaged(file, "\(entry.name) has the shape \(entry.shape)") }
            expected = sum
        }
        guard data.count == expected else { throw damaged(file, "expected \(expected) bytes, found \(data.count)") }
        var hash = StableHash()
        var parameters = Parameters()
        data.withUnsafeBytes { bytes in
            var offset = 0
            for entry in state.variables {
                let shape = Shape(entry.shape)
                let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 4 * shape.count])
                hash.combine(part)
                let scalars = (0..<shape.count).map { part.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
                parameters[entry.name] = Tensor(shape, scalars)
                offset += part.count
            }
        }
        guard hash.text == state.checksum else { throw damaged(file, "the content does not match its checksum") }
        return parameters
    }

    private func contents(of file: String) throws(ErdeError) -> Data {
        do { return try Data(contentsOf: URL(filePath: file)) } catch { throw damaged(file, "cannot be read") }
    }

    private func damaged(_ file: String, _ problem: String) -> ErdeError {
        ErdeError(.badData, file, problem, remedy: "remove \(path) and start without --resume")
    }

    /// Numbers of the checkpoints here, ascending.
    private var numbers: [Int] { endings(of: CheckpointFolder.prefix).compactMap { Int($0) }.sorted() }

    /// What comes after a prefix in the names here that begin with it.
    private func endings(of prefix: String) -> [Substring] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
    }

    private func place(_ number: Int) -> String { "\(path)/\(CheckpointFolder.prefix)\(number)" }

    private func partialPlace(_ process: pid_t) -> String { "\(path)/\(CheckpointFolder.partialPrefix)\(process)" }

    /// Removes the unfinished checkpoints of some processes, which an interruption may have left.
    private func removePartial(of isUnwanted: (pid_t) -> Bool) {
        let processes = endings(of: CheckpointFolder.partialPrefix).compactMap { pid_t($0) }
        for process in processes where isUnwanted(process) {
            try? FileManager.default.removeItem(atPath: partialPlace(process))
        }
    }

    private func synchronize(_ folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }
}
