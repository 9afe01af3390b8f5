import Foundation
import Testing

extension Pipeline {
    /// What classification must not depend on, and what its options mean.
    @Suite(.serialized)
    struct ClassificationTests {
        private let program = Workshop.program
        private let images = "\(Program.samples)/test/dress"

        /// File, class, exit and MACs of every image.
        private func answers(_ options: String...) throws -> [[Substring]] {
            _ = Workshop.made
            let (process, output, messages) = try program.start(
                ["classify", "small/student.pb", images, "--threads", "1"] + options)
            let outcome = Program.finish(process, output, messages)
            #expect(outcome.status == 0, "\(outcome.messages)")
            return outcome.output.split(separator: "\n").dropFirst().map { line in
                let fields = line.split(separator: ",")
                return [fields[0], fields[1], fields[3], fields[4]]
            }
        }

        @Test(arguments: ["1", "7", "64"]) func theBatchSizeChangesNoAnswer(size: String) throws {
            let reference = try answers("--batch", "60")
            #expect(reference.count == 60)
            #expect(reference.map { $0[0] } == reference.map { $0[0] }.sorted())
            #expect(try answers("--batch", size) == reference)
        }

        @Test func thresholdZeroGoesToTheLastExit() throws {
            #expect(try answers("--theta", "0").allSatisfy { $0[2] == "2" })
        }

        @Test func aLargeThresholdLeavesAtTheFirstExit() throws {
            #expect(try answers("--theta", "100").allSatisfy { $0[2] == "1" })
        }

        @Test func anInfiniteThresholdIsWrittenAsText() throws {
            _ = Workshop.made
            let outcome = try program.run(
                "evaluate", "small/student.pb", "--theta", "inf", "--json", "--limit", "20", "--threads", "1")
            #expect(outcome.status == 0, "\(outcome.messages)")
            let report = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            let setting = try #require((report["settings"] as? [[String: Any]])?.first)
            #expect(setting["thresholds"] as? [String] == ["inf"])
            #expect((setting["exitShares"] as? [Double])?.first == 1)
        }

        @Test func logitsAndImagesAreDumpedAsRawFloats() throws {
            _ = Workshop.made
            let outcome = try program.run(
                "evaluate", "small/student.pb", "--limit", "7", "--dump-logits", "logits.f32", "--dump-images", "images.f32", "-q"
            )
            #expect(outcome.status == 0, "\(outcome.messages)")
            #expect(try program.read("logits.f32").count == 4 * 2 * 7 * 10)
            let pixels = try program.read("images.f32").withUnsafeBytes { bytes in
                stride(from: 0, to: bytes.count, by: 4).map { bytes.loadUnaligned(fromByteOffset: $0, as: Float.self) }
            }
            #expect(pixels.count == 7 * 28 * 28)
            #expect(pixels.allSatisfy { 0...1 ~= $0 } && pixels.contains { $0 > 0.5 })
            let one = try program.run("evaluate", "small/student.pb", "--dump-logits", "one.f32", "--dump-images", "one.f32")
            #expect(one.status == 64 && !program.exists("one.f32"), "\(one.messages)")
        }
    }
}
