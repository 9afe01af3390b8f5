import Artifacts
import Diagnostics
import Graphs
import ONNXFormat
import Tensors
import TestSupport
import Testing

/// Files appear complete and verified, or not at all.
@Suite struct ModelFileTests {
    @Test func writtenFileReadsBack() throws {
        let folder = try TemporaryFolder()
        let model = try SampleModels.preResNet()
        try ModelFile.write(model, to: folder("model.pb"))
        #expect(try folder.entries() == ["model.pb"])
        #expect(try ModelFile.read(path: folder("model.pb")).firstDifference(from: model) == nil)
        let hash = SHA256.digest(of: try ONNXWriter.bytes(of: model)).hexadecimal
        #expect(try ModelFile.hash(path: folder("model.pb")) == hash)
    }

    @Test("weights that are no numbers read back as they are")
    func noNumbers() throws {
        let folder = try TemporaryFolder()
        var model = try SampleModels.preResNet()
        let name = model.graph.name(of: try #require(model.graph.variables.first).value)
        model.parameters[name]!.floats[0] = .nan
        try ModelFile.write(model, to: folder("model.pb"))
        let read = try ModelFile.read(path: folder("model.pb"))
        #expect(read.firstDifference(from: model) == nil)
        model.parameters[name]!.floats[0] = .infinity
        #expect(read.firstDifference(from: model) == "parameter \(name)")
    }

    @Test func whatWouldNotReadBackDoesNotAppear() throws {
        let folder = try TemporaryFolder()
        var model = try SampleModels.preResNet()
        model.metadata.classNames.removeLast()
        let error = #expect(throws: ErdeError.self) { try ModelFile.write(model, to: folder("model.pb")) }
        #expect(error?.subject == folder("model.pb"))
        #expect(try folder.entries() == [])
    }

    @Test func missingFoldersAndFiles() throws {
        let model = try SampleModels.preResNet()
        let write = #expect(throws: ErdeError.self) { try ModelFile.write(model, to: "/nowhere/model.pb") }
        #expect(write?.kind == .cannotWrite)
        let read = #expect(throws: ErdeError.self) { try ModelFile.read(path: "/nowhere/model.pb") }
        #expect(read?.kind == .notFound)
        let folder = try TemporaryFolder()
        let notAFile = #expect(throws: ErdeError.self) { try ModelFile.read(path: folder.path) }
        #expect(notAFile?.kind == .badData)
    }
}
