import Foundation
import Testing

extension Pipeline {
    /// A file of answers is gone on with, and nothing is lost, repeated or mixed.
    @Suite(.serialized)
    struct ClassifyResumeTests: ClassifySuite {
        @Test(arguments: ["csv", "jsonl"]) func anInterruptedFileIsGoneOnWith(format: String) throws {
            let options = [images, "--format", format, "--top-k", "3", "--all-probabilities", "--output"]
            #expect(try classify(options + ["whole.\(format)"]).status == 0)
            let whole = try program.read("whole.\(format)")
            let header = format == "csv" ? (whole.firstIndex(of: 10) ?? 0) + 1 : 0
            for count in [0, header / 2, header, header + 7, whole.count / 2, whole.count - 1, whole.count] {
                let name = "cut-\(count).\(format)"
                try program.write(Array(whole.prefix(count)), to: "\(name).partial")
                let outcome = try classify(options + [name, "--resume"])
                #expect(outcome.status == 0, "\(outcome.messages)")
                #expect(try program.read(name) == whole, "cut to \(count) bytes")
                #expect(!program.exists("\(name).partial"))
            }
        }

        @Test func whatWasInterruptedIsNotLostAndStrangersAreNotMixedIn() throws {
            let options = [images, "--output", "kept.csv"]
            #expect(try classify(options).status == 0)
            let whole = try program.read("kept.csv")
            try program.write(Array(whole.prefix(300)), to: "kept.csv.partial")
            let refused = try classify(options)
            #expect(refused.status == 73 && refused.messages.contains("--resume"), "\(refused.messages)")
            #expect(try program.read("kept.csv.partial").count == 300)
            let columns = try classify(options + ["--resume", "--top-k", "2"])
            #expect(columns.status == 65 && columns.messages.contains("other columns"))
            #expect(try program.read("kept.csv.partial").count == 300, "a refused file is left as it is")
            let text = String(decoding: whole, as: UTF8.self).split(separator: "\n")
            try program.write(Array("\(text[0])\nx.png,dress,0.5,1,7\n".utf8), to: "kept.csv.partial")
            let stranger = try classify(options + ["--resume"])
            #expect(stranger.status == 65 && stranger.messages.contains("another model"), "\(stranger.messages)")
            try FileManager.default.removeItem(atPath: "\(program.folder)/kept.csv.partial")

            // A complete file is gone on with too: only what is new is answered.
            let added = try classify([images] + samples(2) + ["--output", "kept.csv", "--resume"])
            #expect(added.status == 0 && added.messages.contains("60 images were answered"), "\(added.messages)")
            let now = try program.read("kept.csv")
            #expect(now.starts(with: whole) && now.filter { $0 == 10 }.count == 63)
        }

        @Test func aRunIsStoppedAndGoesOnToTheSameBytes() throws {
            let place = try folder("many")
            for (index, path) in try samples(600).enumerated() {
                for copy in 0..<6 { try FileManager.default.copyItem(atPath: path, toPath: "\(place)/\(index)-\(copy).png") }
            }
            let options = [place, "--theta", "0", "--output"]
            #expect(try classify(options + ["many-whole.csv"]).status == 0)
            let (process, output, messages) = try program.start(
                ["classify", "small/student.pb", "--threads", "1"] + options + ["many.csv"])
            while !program.exists("many.csv.partial") && process.isRunning { usleep(1_000) }
            usleep(150_000)
            process.interrupt()
            let stopped = Program.finish(process, output, messages)
            if stopped.status == 0 { return }  // It was faster.
            #expect(stopped.status == 75 || stopped.status == 130, "\(stopped.status) \(stopped.messages)")
            if stopped.status == 75 { #expect(stopped.messages.contains("--resume") && !program.exists("many.csv")) }
            let resumed = try classify(options + ["many.csv", "--resume"])
            #expect(resumed.status == 0, "\(resumed.messages)")
            #expect(try program.read("many.csv") == program.read("many-whole.csv"))
        }

        /// A run that comes to nothing leaves a complete file what it was.
        @Test func aCompleteFileStaysSoUntilThereIsMore() throws {
            #expect(try classify([images, "--output", "done.csv"]).status == 0)
            let whole = try program.read("done.csv")
            let failed = try classify(["--watch", "no-such-folder", "--output", "done.csv", "--resume"])
            #expect(failed.status == 66, "\(failed.messages)")
            let again = try classify([images, "--output", "done.csv", "--resume"])
            #expect(again.status == 0, "\(again.messages)")
            #expect(try program.read("done.csv") == whole)
            #expect(!program.exists("done.csv.partial") && program.exists("done.csv.origin.json"))
        }

        @Test func linesWithOtherProbabilitiesAreNotMixed() throws {
            #expect(try classify([images, "--output", "few.jsonl", "--format", "jsonl"]).status == 0)
            let whole = try program.read("few.jsonl")
            for options in [["--top-k", "3"], ["--all-probabilities"]] {
                let other = try classify([images, "--output", "few.jsonl", "--format", "jsonl", "--resume"] + options)
                #expect(other.status == 65, "\(other.messages)")
                #expect(other.messages.contains("was written with --top-k 1, not with"), "\(other.messages)")
            }
            #expect(try program.read("few.jsonl") == whole)
        }
    }
}
