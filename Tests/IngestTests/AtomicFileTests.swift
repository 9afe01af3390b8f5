import Artifacts
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    @Test func twoFilesOfOneNameDoNotMix() throws {
        let folder = try TemporaryFolder()
        let path = folder("out")
        let first = try AtomicFile(path: path)
        let second = try AtomicFile(path: path)
        let names = [first.temporaryPath, second.temporaryPath]
        try AtomicFile.withBytes(Array("first".utf8)) { buffer throws(ErdeError) in try first.write(buffer) }
        try AtomicFile.withBytes(Array("second".utf8)) { buffer throws(ErdeError) in try second.write(buffer) }
        try second.commit()
        #expect(try bytes(of: path) == Array("second".utf8))
        try first.commit()
        #expect(try bytes(of: path) == Array("first".utf8))
        #expect(names[0] != names[1] && names.allSatisfy { $0.hasPrefix(path) && $0.hasSuffix(".partial") })
        #expect(try folder.entries() == ["out"])
    }

    /// Another may have put a link where the temporary file would be.
    @Test func aLinkInTheTemporaryFilesPlaceIsNotFollowed() throws {
        let folder = try TemporaryFolder()
        try folder.write([1, 2, 3], to: "kept")
        let name = "out.\(ProcessInfo.processInfo.processIdentifier).partial"
        try FileManager.default.createSymbolicLink(atPath: folder(name), withDestinationPath: "kept")
        try AtomicFile.write([4], to: folder("out"))
        #expect(try bytes(of: folder("kept")) == [1, 2, 3])
        #expect(try bytes(of: folder("out")) == [4])
        #expect(try folder.entries() == ["kept", "out", name])
    }

    @Test func aLinkToNothingYetStaysALink() throws {
        let folder = try TemporaryFolder()
        let manager = FileManager.default
        try folder.makeFolder("far")
        try manager.createSymbolicLink(atPath: folder("first"), withDestinationPath: "far/second")
        try manager.createSymbolicLink(atPath: folder("far/second"), withDestinationPath: folder("third"))
        try AtomicFile.write([1, 2], to: folder("first"))
        #expect(try manager.destinationOfSymbolicLink(atPath: folder("first")) == "far/second")
        #expect(try manager.destinationOfSymbolicLink(atPath: folder("far/second")) == folder("third"))
        #expect(try bytes(of: folder("third")) == [1, 2])
        #expect(try folder.entries() == ["far", "first", "third"])
    }

    @Test func aLinkToItselfIsRefused() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(atPath: folder("loop"), withDestinationPath: "loop")
        let error = try #require(throws: ErdeError.self) { try AtomicFile.write([1], to: folder("loop")) }
        #expect(error.kind == .cannotWrite && error.subject == folder("loop") && error.remedy != nil)
        #expect(try folder.entries() == ["loop"])
    }
}
