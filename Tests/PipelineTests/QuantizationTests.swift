import Foundation
import Testing

extension Pipeline {
    /// Models of bytes, by the built program.
    @Suite(.serialized)
    struct QuantizationTests {
        private let program = Workshop.program

        @Test func aStudentBecomesBytes() throws {
            _ = Workshop.made
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

        @Test func aCollapseIsNotWritten() throws {
            _ = Workshop.made
            // Nothing may be lost, not even by one image: the gate keeps layers in float until nothing is, or refuses.
            let outcome = try program.run(
                "quantize", "small/student.pb", "-o", "small/strict.pb", "--max-drop", "0", "--threads", "1",
                "--calibration-images", "100")
            #expect(outcome.status == 0 || outcome.status == 65, "\(outcome.messages)")
            #expect(program.exists("small/strict.pb") == (outcome.status == 0))
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
