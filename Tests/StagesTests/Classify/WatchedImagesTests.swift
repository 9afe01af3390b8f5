import Artifacts
import Classify
import Diagnostics
import Foundation
import TestSupport
import Testing

/// What a watch remembers of files that cannot be decoded.
@Suite struct WatchedImagesTests {
    /// Writes a file that was changed so many seconds ago; of one that will be changed, nobody knows whether it is whole.
    private func write(_ bytes: [UInt8], to path: String, secondsAgo: Double) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -secondsAgo)], ofItemAtPath: path)
    }

    private func taken(_ source: inout WatchedImages) -> [ImageItem] {
        if case .images(let items) = source.next(atMost: 1000) { items } else { [] }
    }

    @Test func namesOfFilesThatAreGoneAreForgotten() throws {
        try TemporaryFolder.with { folder in
            var source = try WatchedImages(FileName(folder)) { false }
            for (first, count) in [(0, 100), (100, 28)] {
                let paths = (first..<first + count).map { "\(folder)/\($0).png" }
                for path in paths { try write([1, 2, 3], to: path, secondsAgo: 60) }
                let items = taken(&source)
                #expect(Set(items.map(\.name.text)) == Set(paths) && items.count == count)
                for item in items {
                    let comesAgain = source.takesBack(item)
                    #expect(!comesAgain)
                }
                // Those of the first time are gone when the second adds to them.
                #expect(source.keptNames == count)
                for path in paths { try FileManager.default.removeItem(atPath: path) }
            }
        }
    }

    @Test func aNameIsForgottenWhenItsFileIsTakenAgain() throws {
        try TemporaryFolder.with { folder in
            var source = try WatchedImages(FileName(folder)) { false }
            let path = "\(folder)/torn.png"
            try write([1, 2, 3], to: path, secondsAgo: -3600)
            let torn = try #require(taken(&source).first)
            let comesAgain = source.takesBack(torn)
            #expect(comesAgain && source.keptNames == 2, "waited for, and known as it was")
            try write([1, 2, 3, 4], to: path, secondsAgo: 0)
            let whole = taken(&source)
            #expect(whole.map(\.name.text) == [path] && source.keptNames == 0)
        }
    }

    /// Though its time says each time that it has only just been changed.
    @Test func whatFailsAgainUnchangedIsBad() throws {
        try TemporaryFolder.with { folder in
            var source = try WatchedImages(FileName(folder)) { false }
            try write([1, 2, 3], to: "\(folder)/torn.png", secondsAgo: -3600)
            let torn = try #require(taken(&source).first)
            let comesAgain = source.takesBack(torn)
            #expect(comesAgain)
            var later: [ImageItem] = []
            for _ in 0..<100 where later.isEmpty { later = taken(&source) }
            let same = try #require(later.first)
            let comesOnceMore = source.takesBack(same)
            #expect(!comesOnceMore && source.keptNames == 1)
        }
    }

    @Test(arguments: [true, false]) func aFolderThatGoesAwayIsTold(isRemoved: Bool) throws {
        try TemporaryFolder.with { folder in
            let place = "\(folder)/inbox"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            var source = try WatchedImages(FileName(place)) { false }
            #expect(taken(&source).isEmpty)
            if isRemoved {
                try FileManager.default.removeItem(atPath: place)
            } else {
                try FileManager.default.moveItem(atPath: place, toPath: "\(folder)/elsewhere")
            }
            var last: [ImageItem] = []
            for _ in 0..<100 where last.isEmpty { last = taken(&source) }
            #expect(last.map(\.name.text) == [place])
            guard case .rest(let error) = last.first?.content else {
                Issue.record("\(last)")
                return
            }
            #expect(error.problem.contains("is gone"))
            guard case .end = source.next(atMost: 1) else {
                Issue.record("the watch goes on")
                return
            }
        }
    }
}
