import Foundation
import Testing

extension Pipeline {
    /// Models of bytes, by the built program.
    @Suite(.serialized)
    struct QuantizationTests {
        private let program = Workshop.program

        @Test func aStudentBecomesBytes() throws {
            _ = Workshop.made
            let chain = try program.read("small/report/calibration.json")
            let quantize = try program.run(
                "quantize", "small/student.pb", "-o", "small/student8.pb", "--max-drop", "100", "--force", "--threads", "1",
                "--calibration-images", "100", "--json")
            #expect(quantize.status == 0, "\(quantize.messages)")
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(quantize.output.utf8)) as? [String: Any])
            let models = try #require(report["models"] as? [[String: Any]])
            #expect(models.map { $0["name"] as? String } == ["student", "int8"])
            let bytes = models.compactMap { $0["fileBytes"] as? Int }
            #expect(bytes.count == 2 && bytes[1] < bytes[0])
            #expect(models[1]["changedExitShare"] is Double)
            // The report of the run that made the student stays.
            #expect(try program.read("small/report/calibration.json") == chain)
            #expect(program.exists("small/student8-report/index.html"))
            // The budget that the student was made for, not the largest it has thresholds for.
            let budgets = try #require(report["budgets"] as? [[String: Any]]).compactMap { $0["budgetMACs"] as? Double }
            #expect(report["targetMACs"] as? Double == 1_200_000 && budgets.max() ?? 0 > 1_200_000, "\(budgets)")
            let words = try program.run("inspect", "small/student8.pb")
            #expect(words.output.contains("layers in int8, "), "\(words.output)")
            // What was reported is what the file does.
            let evaluation = try program.run("evaluate", "small/student8.pb", "--threads", "1", "--json")
            let measured = try #require(
                try JSONSerialization.jsonObject(with: Data(evaluation.output.utf8)) as? [String: Any])
            #expect(measured["accuracyPerExit"] as? [Double] == models[1]["testAccuracyPerExit"] as? [Double])
            let classes = try program.run("classify", "small/student8.pb", Program.samples, "--threads", "1", "-q")
            #expect(classes.status == 0, "\(classes.messages)")
            let bench = try program.run(
                "bench", "infer", "small/student8.pb", "--batch", "4", "--rounds", "1", "--threads", "1")
            #expect(bench.output.contains("int8"), "\(bench.output)\(bench.messages)")
            for shape in [["all"], ["cut", "--exit", "1"], ["dynamic", "--theta", "0.5"], ["stages"]] {
                let (process, output, messages) = try program.start(
                    ["export", "small/student8.pb", "--to", "onnx", "-o", "bytes-\(shape[0])", "--shape"] + shape)
                let export = Program.finish(process, output, messages)
                #expect(export.status == 0, "\(export.messages)")
            }
            let again = try program.run("quantize", "small/student8.pb", "-o", "small/twice.pb")
            #expect(again.status == 64 && again.messages.contains("already"), "\(again.messages)")
            let pruned = try program.run("prune", "small/student8.pb", "--to", "70%", "--no-training", "-o", "small/never.pb")
            #expect(pruned.status == 64 && pruned.messages.contains("is quantized"), "\(pruned.messages)")
            let student = try program.run(
                "compress", "small/student8.pb", "--target-macs", "500k", "--student", "prune", "--output", "never")
            #expect(student.status == 64 && student.messages.contains("is quantized"), "\(student.messages)")
            let idle = try program.run("quantize", "small/student.pb", "--teacher", "teacher.pb", "-o", "small/never.pb")
            #expect(idle.status == 64 && idle.messages.contains("--qat-epochs"), "\(idle.messages)")
            let c = try program.run("export", "small/student8.pb", "--to", "c", "-o", "bytes-c")
            #expect(c.status == 0, "\(c.messages)")
            let torch = try program.run("export", "small/student8.pb", "--to", "safetensors", "-o", "bytes-torch")
            #expect(torch.status == 65, "\(torch.messages)")
            #expect(torch.messages.hasPrefix("error: small/student8.pb: is quantized, "), "\(torch.messages)")
            #expect(torch.messages.count < 160 && !program.exists("bytes-torch"), "\(torch.messages)")
        }

        /// Its only layer may not be bytes, so that nothing is left of what was asked for.
        @Test func aModelThatBytesBreakIsNotWritten() throws {
            let place = "\(program.folder)/one-layer"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            for file in OneLayer.images { try program.write(file.bytes, to: "one-layer/\(file.name)") }
            try program.write(OneLayer.network, to: "one-layer/network.onnx")
            let ingest = try program.run("ingest", "one-layer", "-o", "one-layer.erds")
            #expect(ingest.status == 0, "\(ingest.messages)")
            let model = try program.run(
                "import", "one-layer/network.onnx", "--no-normalisation", "--data", "one-layer.erds", "-o", "one-layer.pb")
            #expect(model.status == 0, "\(model.messages)")
            func quantize(_ options: String...) throws -> Program.Outcome {
                let (process, output, messages) = try program.start(
                    [
                        "quantize", "one-layer.pb", "--data", "one-layer.erds", "-o", "one-layer/bytes.pb", "--threads", "1",
                        "--json",
                    ] + options)
                return Program.finish(process, output, messages)
            }
            func accuracy(_ outcome: Program.Outcome) throws -> [[Double]] {
                let report = try #require(
                    try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any], "\(outcome.messages)")
                let models = try #require(report["models"] as? [[String: Any]])
                return models.compactMap { $0["testAccuracyPerExit"] as? [Double] }
            }
            let refused = try quantize()
            #expect(refused.status == 65 && refused.errors.count == 1, "\(refused.messages)")
            #expect(refused.messages.contains("one-layer/bytes.pb: is not written: "), "\(refused.messages)")
            #expect(!program.exists("one-layer/bytes.pb"))
            let forced = try quantize("--force")
            #expect(forced.status == 0, "\(forced.messages)")
            #expect(try accuracy(forced) == [[1], [1]])
            let words = try program.run("inspect", "one-layer/bytes.pb")
            #expect(words.output.contains("0 layers in int8, 1 in float"), "\(words.output)")
            // What it was refused for.
            let allowed = try quantize("--max-drop", "100")
            #expect(allowed.status == 0, "\(allowed.messages)")
            #expect(try accuracy(allowed) == [[1], [0.5]])
        }

        @Test(arguments: [
            ["--max-drop", "-1"], ["--weight-bits", "4"], ["--calibration-images", "0"], ["--ranges", "guess"],
            ["--qat-epochs", "-2"], ["--max-drop", "inf"], ["--max-drop", "nan"], ["--max-drop", "101"],
        ])
        func wrongValuesAreRefused(options: [String]) throws {
            _ = Workshop.made
            let (process, output, messages) = try program.start(
                ["quantize", "small/student.pb", "-o", "small/refused.pb", "\(options[0])=\(options[1])"])
            let outcome = Program.finish(process, output, messages)
            #expect(outcome.status == 64, "\(outcome.messages)")
            #expect(!program.exists("small/refused.pb"))
        }
    }
}
