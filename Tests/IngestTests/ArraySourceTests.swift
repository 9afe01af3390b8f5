import ArrayFiles
import Artifacts
import Diagnostics
import Images
import Ingest
import TestSupport
import Testing

/// CIFAR as Python pickles it and SVHN as MATLAB saves it.
@Suite struct ArraySourceTests {
    private let goldens = DatasetGoldens.folder

    @Test(arguments: [
        "cifar-10-batches-py", "cifar-10-python3-protocol2", "cifar-10-python3-protocol3", "cifar-10-python3-protocol4",
        "cifar-10-python3-protocol5", "cifar-10-python3-bytes",
    ]) func pickledCIFARTen(name: String) throws {
        let (report, dataset) = try DatasetGoldens.ingested("\(goldens)/\(name).tar.xz")
        #expect(report.sourceKind == .cifar)
        #expect(dataset.description.counts == [.train: 10, .calibration: 1, .test: 2])
        let rows = try DatasetGoldens.rows("cifar-10-pickled")
        if name.hasSuffix("bytes") {
            #expect(dataset.description.classNames == (0..<10).map(String.init))
            #expect(DatasetGoldens.rows(of: dataset).map(\.check) == rows.map(\.check))
        } else {
            #expect(DatasetGoldens.rows(of: dataset) == rows)
        }
    }

    @Test func pickledCIFARHundredHasTwoLabelSets() throws {
        let folder = try TemporaryFolder()
        try DatasetGoldens.unpack("cifar-100-python.tar.xz", to: folder)
        let fine = try DatasetGoldens.ingested(folder.path).dataset
        #expect(DatasetGoldens.rows(of: fine) == (try DatasetGoldens.rows("cifar-100")))
        let coarse = try DatasetGoldens.ingested(folder.path, IngestOptions(calibrationCount: 1, labelSet: .coarse)).dataset
        #expect(DatasetGoldens.rows(of: coarse) == (try DatasetGoldens.rows("cifar-100-coarse")))
    }

    @Test(arguments: ["svhn", "svhn-plain.tar.xz"]) func svhn(name: String) throws {
        let (report, dataset) = try DatasetGoldens.ingested("\(goldens)/\(name)")
        #expect(report.sourceKind == .svhn)
        #expect(dataset.description.classNames == (0..<10).map(String.init))
        #expect(
            DatasetGoldens.rows(of: dataset).sorted { ($0.split, $0.check ?? 0) < ($1.split, $1.check ?? 0) }
                == (try DatasetGoldens.rows("svhn")).sorted { ($0.split, $0.check ?? 0) < ($1.split, $1.check ?? 0) })
    }

    // MARK: Pickles

    private func problem(_ bytes: [UInt8], limits: PickleLimits = PickleLimits()) -> String? {
        let error = #expect(throws: ErdeError.self) { _ = try PickleReader.read(bytes, limits: limits, name: "p") }
        #expect(error?.kind == .badData && error?.subject == "p")
        return error?.problem
    }

    private func pickle(_ body: String) -> [UInt8] { [0x80, 2] + Array(body.utf8) }

    @Test func picklesThatCallAreRefusedByName() throws {
        let problem = problem(try bytes(of: "\(goldens)/hostile/reduce.pickle"))
        #expect(problem == "asks for os.system, which is more than data")
        for name in [
            "builtins\neval", "posix\nsystem", "numpy\nload", "numpy.core.multiarray\n_vec_string", "__builtin__\ngetattr",
        ] {
            let words = name.split(separator: "\n").joined(separator: ".")
            #expect(self.problem(pickle("c\(name)\n)R.")) == "asks for \(words), which is more than data")
        }
        // Through the stack, as protocol 4 does.
        #expect(
            self.problem([0x80, 4, 0x8C, 2] + Array("os".utf8) + [0x8C, 6] + Array("system".utf8) + [0x93, 0x2E])
                == "asks for os.system, which is more than data")
        for (code, opcode) in [("o", "6f"), ("i", "69"), ("P", "50"), ("Q", "51"), ("\u{2}", "2"), ("I", "49")] {
            #expect(self.problem(pickle(code))?.hasPrefix("asks for the opcode 0x\(opcode) at byte 2") == true)
        }
    }

    @Test func plainValuesAreRead() throws {
        let value = try PickleReader.read(
            pickle("}(U\u{1}aK\u{7}U\u{1}b](J") + [0xFE, 0xFF, 0xFF, 0xFF, 0x8A, 2, 0x00, 0xFF, 0x4D, 1, 2] + Array("eu.".utf8),
            name: "p")
        guard case .dictionary(let entries) = value else {
            Issue.record("no dictionary")
            return
        }
        guard case .integer(7) = entries["a"] else {
            Issue.record("no 7")
            return
        }
        #expect(entries["b"]?.integers == [-2, -256, 513])
    }

    @Test func damagedPicklesAreExplained() throws {
        for (body, words) in [
            (".", "nothing is there to take"), ("a.", "nothing is there to take"), ("}K\u{1}a.", "appended to no list"),
            ("](t", "truncated"), ("u.", "no mark"), ("K\u{1}b.", "nothing is there to take"), ("h\u{1}.", "never remembered"),
            ("}(K\u{1}u.", "no dictionary"), ("]q\u{1}h\u{1}a.", "contains itself"), ("]q\u{1}\u{85}h\u{1}K\u{1}a.", ""),
            ("K\u{1})R.", "cannot be"), ("q\u{1}.", "nothing is there to remember"), ("U\u{9}ab", "truncated"),
            ("T\u{7F}\u{7F}\u{7F}\u{7F}ab", "truncated"), ("cnumpy\nndarray\n)R.", "without its elements"),
        ] {
            #expect(problem(pickle(body))?.contains(words) == true, "\(body)")
        }
        #expect(problem([0x80, 2, 0x54, 0xFF, 0xFF, 0xFF, 0xFF])?.hasPrefix("truncated: -1") == true)
        #expect(problem(Array("(dp0".utf8))?.hasPrefix("expected a pickle") == true)
        #expect(problem([0x80, 2, 0x58, 2, 0, 0, 0, 0xC3, 0x28, 0x2E])?.contains("no UTF-8") == true)
    }

    @Test func picklesMakeNoMoreBytesOfTextsThanTheyHave() throws {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 200)
        let call = Array("h".utf8) + [0] + Array("h".utf8) + [1] + Array("R".utf8)
        func encoding(_ times: Int) -> [UInt8] {
            pickle("c_codecs\nencode\nq\u{0}X") + [200, 0, 0, 0] + text + Array("U\u{6}latin1".utf8) + [0x86, 0x71, 1]
                + (0..<times).flatMap { _ in call } + Array(".".utf8)
        }
        #expect(try PickleReader.read(encoding(1), name: "p").string == String(decoding: text, as: UTF8.self))
        #expect(problem(encoding(3))?.contains("more bytes as text than the file has") == true)
    }

    @Test func picklesAreLimited() throws {
        #expect(problem(pickle("N") + [UInt8](repeating: 0x85, count: 100_000) + [0x2E])?.contains("nested more than 32") == true)
        #expect(
            problem(pickle(String(repeating: "]", count: 100_000) + String(repeating: "a", count: 99_999) + "."))?
                .contains("nested more than 32") == true)
        let few = PickleLimits(values: 10, depth: 8, stack: 4)
        #expect(problem(pickle(String(repeating: "N", count: 6)), limits: few)?.contains("values wait") == true)
        #expect(problem(pickle(String(repeating: "N0", count: 2)), limits: few)?.contains("opcode 0x30") == true)
        // Ten times ten times … the same list.
        let tenfold = String(repeating: "h\u{1}", count: 10)
        var body = "]q\u{1}"
        for _ in 0..<20 { body += "(\(tenfold)tq\u{1}" }
        #expect(problem(pickle(body + "."))?.contains("more than 16000000 values") == true)
    }

    @Test func everyTruncationOfABatchIsRefused() throws {
        let folder = try TemporaryFolder()
        for name in ["cifar-10-batches-py", "cifar-10-python3-protocol4"] {
            try DatasetGoldens.unpack("\(name).tar.xz", to: folder)
            let sound = try bytes(of: folder("\(name)/test_batch"))
            _ = try PickleReader.read(sound, name: "p")
            for count in (0..<300).map({ $0 }) + Array(stride(from: 301, to: sound.count - 1, by: 97)) {
                _ = problem(Array(sound.prefix(count)))
            }
            // Any byte changed: refused or read, never a crash.
            for place in 2..<min(400, sound.count) {
                for value: UInt8 in [0, 0x28, 0x52, 0x62, 0x71, 0x7F, 0xFF] {
                    var changed = sound
                    changed[place] = value
                    _ = try? PickleReader.read(changed, name: "p")
                }
            }
        }
    }

    @Test func batchesThatDoNotFitAreExplained() throws {
        let folder = try TemporaryFolder()
        try DatasetGoldens.unpack("cifar-10-batches-py.tar.xz", to: folder)
        try folder.write(pickle("}(U\u{4}dataU\u{2}abU\u{6}labels]K\u{1}au."), to: "cifar-10-batches-py/data_batch_1")
        let error = #expect(throws: ErdeError.self) { try DatasetGoldens.ingested(folder.path) }
        #expect(error?.problem == "2 bytes of data for 1 labels, expected 3072 each")
    }

    // MARK: MAT files

    @Test func damagedMATFilesAreExplained() throws {
        let folder = try TemporaryFolder()
        try DatasetGoldens.unpack("svhn-plain.tar.xz", to: folder)
        for file in ["\(goldens)/svhn/train_32x32.mat", folder("svhn-plain/test_32x32.mat")] {
            let sound = try bytes(of: file)
            let arrays = try MATFile.arrays(["y", "X"], in: sound, limit: 1 << 20, name: "m")
            #expect(arrays[1].extents.prefix(3) == [32, 32, 3] && arrays[1].element == .unsigned(bytes: 1))
            for count in Array(0..<200) + Array(stride(from: 201, to: sound.count - 8, by: 53)) {
                let error = #expect(throws: ErdeError.self) {
                    _ = try MATFile.arrays(["X", "y"], in: Array(sound.prefix(count)), limit: 1 << 20, name: "m")
                }
                #expect(error?.kind == .badData)
            }
            for place in 126..<min(sound.count, 420) {
                for value: UInt8 in [0, 1, 14, 15, 0x7F, 0x80, 0xFF] {
                    var changed = sound
                    changed[place] = value
                    _ = try? MATFile.arrays(["X", "y"], in: changed, limit: 1 << 20, name: "m")
                }
            }
            #expect(throws: ErdeError.self) { _ = try MATFile.arrays(["Z"], in: sound, limit: 1 << 20, name: "m") }
        }
        let compressed = try bytes(of: "\(goldens)/svhn/train_32x32.mat")
        let bomb = #expect(throws: ErdeError.self) { _ = try MATFile.arrays(["X"], in: compressed, limit: 1000, name: "m") }
        #expect(bomb?.problem == "unpacks to more than 1000 bytes")
        let hdf5 = Array("MATLAB 7.3 MAT-file, Platform: GLNXA64".utf8) + [UInt8](repeating: 32, count: 600)
        let newer = #expect(throws: ErdeError.self) { _ = try MATFile.arrays(["X"], in: hdf5, limit: 1000, name: "m") }
        #expect(newer?.problem == "a MAT file of version 7.3, which is HDF5")
    }

    @Test func bigEndianNumbersAreRead() throws {
        // Header, then an uncompressed int16 matrix y = [1, -2] as a big-endian machine writes it.
        var file = Array("MATLAB 5.0 MAT-file".utf8) + [UInt8](repeating: 32, count: 105) + [1, 0, 0x4D, 0x49]
        func word(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        let body =
            word(6) + word(8) + word(10) + word(0) + word(5) + word(8) + word(1) + word(2) + word(1 << 16 | 1) + [0x79, 0, 0, 0]
            + word(4 << 16 | 3) + [0, 1, 0xFF, 0xFE]
        file += word(14) + word(body.count) + body
        let array = try MATFile.arrays(["y"], in: file, limit: 100, name: "m")[0]
        #expect(array.extents == [1, 2] && array.integers == [1, -2])
    }
}
