import Artifacts
import Diagnostics

/// Arrays of floats as plain bytes, for other programs to read.
enum RawFloats {
    static func write(_ floats: [Float], to path: String) throws(ErdeError) {
        let file = try AtomicFile(path: path)
        var failure: ErdeError?
        floats.withUnsafeBytes { bytes in
            do throws(ErdeError) { try file.write(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        try file.commit()
    }
}
