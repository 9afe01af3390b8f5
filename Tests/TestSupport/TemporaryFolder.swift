import Foundation

/// A folder that is gone when its owner is.
package final class TemporaryFolder {
    /// Without a slash at its end.
    package let path: String

    /// - Throws: when the folder cannot be made.
    package init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("erde-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    /// Calls `body` with the path of a new folder, which is removed afterwards.
    package static func with<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = try TemporaryFolder()
        return try withExtendedLifetime(folder) { try body(folder.path) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Full path of a name in the folder.
    package func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// The names of what lies in the folder, sorted.
    package func entries() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

    /// Writes a file and the folders above it.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) throws -> String {
        let url = URL(fileURLWithPath: self(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    /// Makes a folder and those above it.
    package func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: self(name), withIntermediateDirectories: true)
    }

    /// Whether there is anything of that name.
    package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }
}

/// Bytes of a file.
package func bytes(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
