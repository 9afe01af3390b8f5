import Artifacts
import Foundation
import Testing

extension Pipeline {
    /// From images to classes with the built program.
    @Suite(.serialized)
    struct MainJobTests {
        private let program = Workshop.program

        private func object(_ text: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }

        @Test func imagesBecomeADataset() throws {
            let outcome = try #require(Workshop.made["ingest"])
            #expect(outcome.status == 0, "\(outcome.messages)")
            let report = try object(outcome.output)
            #expect(report["imageCount"] as? Int == 3000)
            #expect((report["badImages"] as? [Any])?.isEmpty == true)
            #expect(program.exists("data.erds"))
        }

        @Test func aDatasetBecomesATeacher() throws {
            let outcome = try #require(Workshop.made["train"])
            #expect(outcome.status == 0, "\(outcome.messages)")
            let result = try object(outcome.output)
            let accuracy = try #require(result["calibrationAccuracyPerExit"] as? [Double])
            #expect(accuracy.count == 2)
            #expect(accuracy.allSatisfy { $0 > 0.2 }, "better than chance: \(accuracy)")
            #expect(program.exists("teacher.pb") && program.exists("teacher.recipe.json"))
            #expect(!program.exists("teacher.checkpoint"))
            let log = String(decoding: try program.read("teacher.metrics.jsonl"), as: UTF8.self)
            #expect(log.split(separator: "\n").count == 2)
        }

        @Test func aTeacherBecomesAStudentWithAReport() throws {
            let outcome = try #require(Workshop.made["compress"])
            #expect(outcome.status == 0, "\(outcome.messages)")
            let report = try object(outcome.output)
            let budgets = try #require(report["budgets"] as? [[String: Any]])
            #expect(budgets.count >= 3)
            for budget in budgets {
                let allowed = try #require(budget["budgetMACs"] as? Double)
                let spent = try #require(budget["calibrationMeanMACs"] as? Double)
                #expect(spent <= allowed * (1 + 1e-9))
            }
            #expect((report["teacherTrainingErrorPerExit"] as? [Double])?.count == 2)
            for name in ["student.pb", "report/index.html", "report/calibration.json", "report/calibration.pb"] {
                #expect(program.exists("small/\(name)"), "\(name)")
            }
            let page = String(decoding: try program.read("small/report/index.html"), as: UTF8.self)
            #expect(!page.contains("src=\"http") && !page.contains("href=\"http"))
        }

        @Test func theNameCompressIsTheCommand() throws {
            let link = "\(program.folder)/compress"
            if !program.exists("compress") {
                try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: Program.path)
            }
            let outcome = try program.run("--help", program: link)
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("Distils a teacher"))
            #expect(outcome.output.contains("--target-macs"))
        }

        @Test func evaluationAgreesWithTheReport() throws {
            _ = Workshop.made
            let outcome = try program.run("evaluate", "small/student.pb", "--json", "--threads", "1")
            #expect(outcome.status == 0, "\(outcome.messages)")
            let settings = try #require(try object(outcome.output)["settings"] as? [[String: Any]])
            let report = try object(String(decoding: try program.read("small/report/calibration.json"), as: UTF8.self))
            let budgets = try #require(report["budgets"] as? [[String: Any]])
            #expect(settings.count == budgets.count + 1)
            for (setting, budget) in zip(settings, budgets) {
                let measured = try #require((setting["accuracy"] as? [String: Any])?["value"] as? Double)
                let reported = try #require((budget["testAccuracy"] as? [String: Any])?["value"] as? Double)
                #expect(measured == reported)
            }
        }

        @Test func evaluationShowsWhatBecomesOfEachClass() throws {
            _ = Workshop.made
            let json = try program.run("evaluate", "small/student.pb", "--budget", "1.2M", "--json", "--threads", "1")
            let setting = try #require((try object(json.output)["settings"] as? [[String: Any]])?.first)
            let confusion = try #require((setting["confusion"] as? [String: Any])?["counts"] as? [[Int]])
            let names = try #require(try object(json.output)["classNames"] as? [String])
            let text = try program.run("evaluate", "small/student.pb", "--budget", "1.2M", "--threads", "1")
            #expect(text.status == 0, "\(text.messages)")
            let rows = text.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            for (label, name) in names.enumerated() {
                let row = try #require(rows.first { $0.first == name }, "\(text.output)")
                #expect(row[1] == "\(confusion[label].reduce(0, +))")
                let share = 100 * Double(confusion[label][label]) / Double(confusion[label].reduce(0, +))
                let shown = try #require(Double(row[2]))
                #expect(abs(shown - share) < 0.006, "\(row)")
                let rival = confusion[label].indices.filter { $0 != label }.map { confusion[label][$0] }.max() ?? 0
                #expect(row.last == (rival == 0 ? "–" : "(\(rival))"), "\(row)")
            }
        }

        @Test func foldersAreClassifiedWithExitsTaken() throws {
            _ = Workshop.made
            let outcome = try program.run(
                "classify", "small/student.pb", "\(Program.samples)/test", "--budget", "1.2M", "--threads", "1", "--batch", "37")
            #expect(outcome.status == 0, "\(outcome.messages)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.first == "file,class,probability,exit,macs")
            #expect(lines.count == 601)
            let rows = lines.dropFirst().map { $0.split(separator: ",") }
            let exits = rows.map { String($0[3]) }
            let right = rows.count { row in row[0].split(separator: "/").dropLast().last == row[1] }
            let evaluation = try program.run("evaluate", "small/student.pb", "--budget", "1.2M", "--json", "--threads", "1")
            let setting = try #require((try object(evaluation.output)["settings"] as? [[String: Any]])?.first)
            let shares = try #require(setting["exitShares"] as? [Double])
            for (exit, share) in shares.enumerated() {
                let taken = exits.count { $0 == "\(exit + 1)" }
                #expect(abs(taken - Int((share * 600).rounded())) <= 1, "exit \(exit + 1): \(taken) of \(share)")
            }
            let accuracy = try #require((setting["accuracy"] as? [String: Any])?["value"] as? Double)
            #expect(abs(Double(right) / 600 - accuracy) < 0.004)
        }

        @Test func jsonLinesHoldTheSame() throws {
            _ = Workshop.made
            let outcome = try program.run(
                "classify", "small/student.pb", "\(Program.samples)/test/bag", "--format", "jsonl", "--output", "bags.jsonl")
            #expect(outcome.status == 0, "\(outcome.messages)")
            #expect(outcome.output.isEmpty)
            let lines = String(decoding: try program.read("bags.jsonl"), as: UTF8.self).split(separator: "\n")
            #expect(lines.count == 60)
            let first = try object(String(try #require(lines.first)))
            #expect(Set(first.keys) == ["class", "exit", "file", "macs", "probability"])
        }

        @Test func inspectCalibrateReportAndDoctorAnswer() throws {
            _ = Workshop.made
            let model = try program.run("inspect", "small/student.pb", "--layers")
            #expect(model.status == 0 && model.output.contains("exit 2") && model.output.contains("convolution"))
            #expect(model.output.contains("opset 17") && !model.output.contains("quantized"))
            let lines = model.output.split(separator: "\n")
            let training = try #require(lines.first { $0.hasPrefix("training     erde, 2 epochs, ") })
            #expect(training.hasSuffix(", float32, 1 thread") || training.hasSuffix(", bfloat16, 1 thread"), "\(training)")
            let layers = try #require(
                try object(try program.run("inspect", "small/student.pb", "--layers", "--json").output)["layers"]
                    as? [[String: Any]])
            let stem = try #require(layers.first { $0["name"] as? String == "stem" })
            #expect(stem["operator"] as? String == "convolution" && (stem["shape"] as? [Int])?.count == 4)
            #expect(try object(try program.run("inspect", "small/student.pb", "--json").output)["layers"] == nil)
            let data = try program.run("inspect", "data.erds")
            #expect(data.status == 0 && data.output.contains("2,160 train"))
            let described = try object(try program.run("inspect", "data.erds", "--json").output)
            #expect((described["classNames"] as? [String])?.count == 10 && described["findings"] is [String: Any])
            let fingerprint = try #require(described["fingerprint"] as? String)
            #expect(data.output.contains(fingerprint))
            let calibrated = try program.run(
                "calibrate", "small/student.pb", "--budgets", "1M,1.5M", "--output", "again.pb", "--threads", "1")
            #expect(calibrated.status == 0, "\(calibrated.messages)")
            #expect(calibrated.output.contains("1.500 M MACs"))
            #expect(try program.run("report", "small").status == 0)
            let doctor = try program.run("doctor", "--json")
            #expect(try object(doctor.output)["libraries"] != nil)
        }

        /// Fitted for other budgets, a model has no target; and its report takes the place of no other.
        @Test func aBudgetIsTheTargetWhereTheModelWasMadeForIt() throws {
            _ = Workshop.made
            let chain = try program.read("small/report/calibration.json")
            let cases: [(budgets: String, target: Double?)] = [("1M,1.5M", nil), ("1M,1.2M,1.5M", 1_200_000)]
            for (budgets, target) in cases {
                let outcome = try program.run(
                    "calibrate", "small/student.pb", "--budgets", budgets, "--output", "small/aimed.pb", "--threads", "1",
                    "--json")
                #expect(outcome.status == 0, "\(outcome.messages)")
                #expect(try object(outcome.output)["targetMACs"] as? Double == target, "\(budgets)")
                let page = String(decoding: try program.read("small/aimed-report/index.html"), as: UTF8.self)
                #expect(page.contains("the target budget") == (target != nil), "\(budgets)")
                #expect(page.contains("the largest budget") == (target == nil), "\(budgets)")
            }
            #expect(try program.read("small/report/calibration.json") == chain)
            let named = try program.run(
                "calibrate", "small/student.pb", "--budgets", "1M", "--output", "named.pb", "--report", "made/here", "--threads",
                "1")
            #expect(named.status == 0 && named.output.contains("report  made/here/index.html"), "\(named.messages)")
            #expect(program.exists("made/here/index.html") && !program.exists("named-report"))
        }

        /// A file says which erde wrote it, not which wrote the one that it was made from.
        @Test func aModelNamesTheVersionThatWroteIt() throws {
            _ = Workshop.made
            let other = String(erdeVersion.map { $0 == "." ? "." : "9" })
            var elder = Data(try program.read("small/student.pb"))
            let place = try #require(elder.range(of: Data("\"version\":\"\(erdeVersion)\"".utf8)))
            elder.replaceSubrange(place, with: Data("\"version\":\"\(other)\"".utf8))
            try program.write([UInt8](elder), to: "elder.pb")
            #expect(try program.run("inspect", "elder.pb").output.contains("written by   erde \(other)\n"))
            let calibrated = try program.run(
                "calibrate", "elder.pb", "--budgets", "1.2M", "--output", "younger.pb", "--threads", "1", "--json")
            #expect(calibrated.status == 0, "\(calibrated.messages)")
            let provenance = try #require(try object(calibrated.output)["provenance"] as? [String: Any])
            #expect(provenance["version"] as? String == erdeVersion)
            #expect(try program.run("inspect", "younger.pb").output.contains("written by   erde \(erdeVersion)\n"))
        }

        /// Tables round budgets; one that is asked for as they write it is that budget, though it may be a little below.
        @Test func aBudgetIsFoundAsItIsWritten() throws {
            _ = Workshop.made
            let calibrated = try program.run(
                "calibrate", "small/student.pb", "--budgets", "1M,1500400", "--output", "rounded.pb", "--threads", "1")
            #expect(calibrated.status == 0 && calibrated.output.contains("1.500 M MACs"), "\(calibrated.messages)")
            for (asked, found) in [("1.5M", 1_500_400.0), ("1.499M", 1_000_000)] {
                let outcome = try program.run("evaluate", "rounded.pb", "--budget", asked, "--json", "--threads", "1")
                let setting = try #require((try object(outcome.output)["settings"] as? [[String: Any]])?.first)
                #expect(setting["budgetMACs"] as? Double == found, "\(asked): \(outcome.messages)")
            }
        }

        @Test func benchmarksGiveJSON() throws {
            _ = Workshop.made
            let train = try program.run(
                "bench", "train", "--widths", "8,8", "--blocks", "1", "--size", "8", "--batch", "4", "--rounds", "2", "--json")
            #expect(train.status == 0, "\(train.messages)")
            #expect(try object(train.output)["imagesPerSecond"] != nil)
            let infer = try program.run("bench", "infer", "teacher.pb", "--batch", "2", "--rounds", "2", "--json")
            #expect(try object(infer.output)["peakMemoryBytes"] as? Int ?? 0 > 0)
        }
    }
}
