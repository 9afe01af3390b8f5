import Foundation
import Testing

extension Pipeline {
    /// Files for other runtimes, by the built program.
    @Suite(.serialized)
    struct ExportTests {
        private let program = Workshop.program

        private func export(_ options: String...) throws -> Program.Outcome {
            _ = Workshop.made
            let (process, output, messages) = try program.start(["export", "small/student.pb"] + options)
            return Program.finish(process, output, messages)
        }

        @Test func everyShapeIsWrittenAndSaysWhatItIs() throws {
            _ = Workshop.made
            let shapes: [(options: [String], words: String)] = [
                ([], "all exits as outputs"), (["--shape", "cut", "--exit", "1"], "cut at exit 1"),
                (["--shape", "dynamic", "--budget", "1.2M"], "leaves on its own"),
                (["--shape", "dynamic", "--theta", "0.5", "--theta-input"], "thresholds as an input"),
            ]
            for (index, shape) in shapes.enumerated() {
                let name = "export\(index).onnx"
                let (process, output, messages) = try program.start(
                    ["export", "small/student.pb", "--to", "onnx", "-o", name] + shape.options)
                let outcome = Program.finish(process, output, messages)
                #expect(outcome.status == 0, "\(outcome.messages)")
                #expect(outcome.output.hasPrefix("\(name), "))
                let words = try program.run("inspect", name)
                #expect(words.status == 0 && words.output.contains(shape.words), "\(words.output)\(words.messages)")
            }
            let stages = try export("--to", "onnx", "--shape", "stages", "-o", "stages")
            #expect(stages.status == 0, "\(stages.messages)")
            for name in ["stages.json", "stage1.onnx", "stage2.onnx"] { #expect(program.exists("stages/\(name)")) }
            #expect(try program.run("inspect", "stages/stage2.onnx").output.contains("stage 2"))
            for shape in ["all", "cut", "stages"] {
                let outcome = try export("--to", "openvino", "--shape", shape, "--name", "net", "-o", "ir-\(shape)")
                #expect(outcome.status == 0, "\(outcome.messages)")
                let name = shape == "stages" ? "stage2" : "net"
                for ending in ["xml", "bin"] { #expect(program.exists("ir-\(shape)/\(name).\(ending)")) }
                #expect(program.exists("ir-\(shape)/stages.json") == (shape == "stages"))
            }
            for (format, names) in [("safetensors", ["net.py", "net.safetensors"]), ("c", ["net.h", "net.c"])] {
                let outcome = try export("--to", format, "--name", "net", "-o", format)
                #expect(outcome.status == 0, "\(outcome.messages)")
                for name in names { #expect(program.exists("\(format)/\(name)")) }
            }
            #expect(try program.leftovers().isEmpty)
        }

        @Test func aFileThatNoRuntimeCanBeFoundForIsNotCheckedInVain() throws {
            let outcome = try export("--to", "onnx", "-o", "noending", "--check")
            #expect(outcome.status == 64 && outcome.messages.contains("noending.onnx"), "\(outcome.messages)")
            #expect(!program.exists("noending"))
        }

        @Test func aCutIsEvaluatedAsAnyModel() throws {
            #expect(try export("--to", "onnx", "--shape", "cut", "--exit", "1", "-o", "first.onnx").status == 0)
            let outcome = try program.run("evaluate", "first.onnx", "--threads", "1")
            #expect(outcome.status == 0, "\(outcome.messages)")
        }

        @Test func whatCannotBeIsRefused() throws {
            _ = Workshop.made
            let wrong: [([String], Int32, String)] = [
                (["--to", "onnx", "--opset", "16", "-o", "x.onnx"], 64, "17 to 21"),
                (["--to", "onnx", "--exit", "2", "-o", "x.onnx"], 64, "--shape cut"),
                (["--to", "onnx", "--shape", "cut", "--exit", "9", "-o", "x.onnx"], 64, "exits 1 to 2"),
                (["--to", "onnx", "--shape", "dynamic", "--budget", "10", "-o", "x.onnx"], 64, "calibrate"),
                (["--to", "onnx", "-o", "nowhere/x.onnx"], 73, "nowhere"),
                (["--to", "c", "--shape", "dynamic", "-o", "x"], 64, "--shape dynamic"),
                (["--to", "openvino", "--shape", "dynamic", "-o", "x"], 64, "stages"),
                (["--to", "c", "--name", "1st", "-o", "x"], 64, "--name"),
                (["--to", "onnx", "--name", "net", "-o", "x.onnx"], 64, "--output names the file"),
                (["--to", "floppy", "-o", "x.onnx"], 64, "floppy"),
            ]
            for (options, status, words) in wrong {
                let (process, output, messages) = try program.start(["export", "small/student.pb"] + options)
                let outcome = Program.finish(process, output, messages)
                #expect(outcome.status == status, "\(options): \(outcome.messages)")
                #expect(outcome.messages.contains(words), "\(words) in \(outcome.messages)")
            }
            #expect(!program.exists("x.onnx"))
            _ = try export("--to", "onnx", "--shape", "dynamic", "-o", "dynamic.onnx")
            let classified = try program.run("classify", "dynamic.onnx", Program.samples)
            #expect(classified.status == 65 && classified.messages.contains("dynamic"))
        }
    }
}
