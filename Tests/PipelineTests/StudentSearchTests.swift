import Foundation
import Testing

extension Pipeline {
    /// Students chosen by short trainings.
    @Suite(.serialized)
    struct StudentSearchTests {
        private let program = Workshop.program

        private func compress(_ output: String, _ more: String...) throws -> Program.Outcome {
            let arguments = [
                "compress", "teacher.pb", "--target-macs", "0.7M", "--student", "auto:preresnet:widths=8,16,32:blocks=2,2,2",
                "--epochs", "1", "--batch", "16", "--threads", "1", "--search-epochs", "3", "--output", output, "--json",
            ]
            let (process, results, messages) = try program.start(arguments + more)
            return Program.finish(process, results, messages)
        }

        private func log(_ folder: String) throws -> [[String: Any]] {
            try String(decoding: program.read("\(folder)/student.search.jsonl"), as: UTF8.self).split(separator: "\n").map {
                try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
        }

        @Test func theWinnerIsTrainedAndTheLosersAreInTheReport() throws {
            _ = Workshop.made
            let outcome = try compress("searched")
            #expect(outcome.status == 0, "\(outcome.messages)")
            #expect(outcome.messages.contains("The search takes about"), "\(outcome.messages)")
            let lines = try log("searched")
            let trials = lines.dropFirst()
            #expect((lines[0]["candidates"] as? [String] ?? []).count >= 2 && trials.count >= 2)
            let report = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            let candidates = try #require(report["candidates"] as? [[String: Any]])
            let chosen = try #require(candidates.first { $0["isChosen"] as? Bool == true })
            let last = trials.map { $0["round"] as? Int ?? -1 }.max()
            let best = trials.filter { $0["round"] as? Int == last }.compactMap { $0["calibrationAccuracy"] as? Double }.max()
            #expect(chosen["calibrationAccuracy"] as? Double == best)
            #expect(
                candidates.count { $0["trainingImages"] as? Int ?? 0 > 0 }
                    == Set(trials.compactMap { $0["architecture"] as? String }).count)
            let students = try #require(report["models"] as? [[String: Any]])
            #expect(students[1]["architecture"] as? String == chosen["architecture"] as? String)
        }

        @Test func candidatesThatDivergeAreNamedAndNotTriedAgain() throws {
            _ = Workshop.made
            let wild = ["--learning-rate", "1000", "--weight-decay", "1", "--gradient-clip", "0"]
            let outcome = try compress("wild", wild[0], wild[1], wild[2], wild[3], wild[4], wild[5])
            #expect(outcome.status == 70 && outcome.messages.contains("all diverged"), "\(outcome.messages)")
            #expect(outcome.messages.contains("diverged and counts as never right"), "\(outcome.messages)")
            let trials = try log("wild").dropFirst()
            #expect(trials.count >= 2)
            #expect(trials.allSatisfy { $0["diverged"] as? Bool == true && $0["calibrationAccuracy"] as? Double == 0 })
            let again = try compress("wild", wild[0], wild[1], wild[2], wild[3], wild[4], wild[5], "--resume")
            #expect(again.status == 70 && !again.messages.contains("counts as never right"), "\(again.messages)")
        }

        @Test func aSearchGoesOnWhereItStopped() throws {
            _ = Workshop.made
            let whole = try compress("whole")
            #expect(whole.status == 0, "\(whole.messages)")
            // As if it had been stopped after the first training.
            let lines = try String(decoding: program.read("whole/student.search.jsonl"), as: UTF8.self).split(separator: "\n")
            try FileManager.default.createDirectory(atPath: "\(program.folder)/part", withIntermediateDirectories: true)
            try program.write(Array(lines.prefix(2).joined(separator: "\n").utf8), to: "part/student.search.jsonl")
            let resumed = try compress("part", "--resume")
            #expect(resumed.status == 0, "\(resumed.messages)")
            #expect(try program.read("part/student.pb") == program.read("whole/student.pb"))
            let (first, second) = (try log("whole"), try log("part"))
            #expect(second[1]["seconds"] as? Double == first[1]["seconds"] as? Double)
            #expect(second.map { $0["calibrationAccuracy"] as? Double } == first.map { $0["calibrationAccuracy"] as? Double })
            let other = try compress("part", "--resume", "--seed", "2")
            #expect(other.status == 64 && other.messages.contains("other options"), "\(other.messages)")
        }
    }
}
