import Artifacts
import Diagnostics
import Glibc
import Graphs
import ONNXFormat
import Tensors
import Testing

/// Files appear complete and verified, or not at all.
@Suite struct ModelFileTests {
    /// Calls `body` with a folder that is removed afterwards.
    private func withFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/erde-onnx-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        let folder = try #require(made)
        defer {
            for name in entries(folder) { unlink("\(folder)/\(name)") }
            rmdir(folder)
        }
        try body(folder)
    }

    private func entries(_ folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    @Test func writtenFileReadsBack() throws {
        try withFolder { folder in
            let model = try SampleModels.preResNet()
            try ModelFile.write(model, to: "\(folder)/model.pb")
            #expect(entries(folder) == ["model.pb"])
            #expect(try ModelFile.read(path: "\(folder)/model.pb").firstDifference(from: model) == nil)
            let hash = SHA256.digest(of: try ONNXWriter.bytes(of: model)).hexadecimal
            #expect(try ModelFile.hash(path: "\(folder)/model.pb") == hash)
        }
    }

    @Test func whatWouldNotReadBackDoesNotAppear() throws {
        try withFolder { folder in
            var model = try SampleModels.preResNet()
            model.metadata.classNames.removeLast()
            let error = #expect(throws: ErdeError.self) { try ModelFile.write(model, to: "\(folder)/model.pb") }
            #expect(error?.subject == "\(folder)/model.pb")
            #expect(entries(folder) == [])
        }
    }

    @Test func missingFoldersAndFiles() throws {
        let model = try SampleModels.preResNet()
        let write = #expect(throws: ErdeError.self) { try ModelFile.write(model, to: "/nowhere/model.pb") }
        #expect(write?.kind == .cannotWrite)
        let read = #expect(throws: ErdeError.self) { try ModelFile.read(path: "/nowhere/model.pb") }
        #expect(read?.kind == .notFound)
        let folder = #expect(throws: ErdeError.self) { try ModelFile.read(path: "/tmp") }
        #expect(folder?.kind == .badData)
    }
}
