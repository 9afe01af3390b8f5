import Foundation
import Testing

extension Pipeline {
    /// Options of `ingest` that contradict each other, and the file that `--class-names` names.
    @Suite(.serialized)
    struct IngestOptionTests {
        private let program = Workshop.program

        @Test func oneSizeOrTwoSides() throws {
            for side in ["--height", "--width"] {
                let outcome = try program.run("ingest", Program.samples, "-o", "sides.erds", "--size", "8", side, "9")
                #expect(outcome.status == 64 && outcome.errors.count == 1, "\(outcome.messages)")
                #expect(outcome.messages.contains("--size") && outcome.messages.contains(side), "\(outcome.messages)")
            }
            #expect(!program.exists("sides.erds"))
        }

        @Test func classNamesAreReadLineByLine() throws {
            let pictures = try FileManager.default.contentsOfDirectory(atPath: "\(Program.samples)/train/bag").prefix(24)
            let rows = pictures.enumerated().map { "\(Program.samples)/train/bag/\($1),\($0 % 2)\n" }
            try program.write(Array(rows.joined().utf8), to: "numbered.csv")
            try program.write(Array("\u{FEFF}even\r\nodd\r\n\r\n".utf8), to: "names.txt")
            let named = try program.run("ingest", "numbered.csv", "-o", "numbered.erds", "--class-names", "names.txt", "-q")
            #expect(named.status == 0, "\(named.messages)")
            let inspected = try program.run("inspect", "numbered.erds")
            #expect(inspected.output.contains("classes      even, odd\n"), "\(inspected.output)")
            try program.write(Array("even\n\nodd\n".utf8), to: "names.txt")
            let gap = try program.run("ingest", "numbered.csv", "-o", "gap.erds", "--class-names", "names.txt", "-q")
            #expect(gap.status == 65 && gap.messages.contains("names.txt: line 2 is empty"), "\(gap.messages)")
        }
    }
}
