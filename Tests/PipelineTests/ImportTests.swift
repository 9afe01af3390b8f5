import Foundation
import Testing

extension Pipeline {
    /// Classifiers that come in as ONNX, by the built program.
    @Suite(.serialized)
    struct ImportTests {
        private let program = Workshop.program
        static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Goldens/imports").path

        @Test func aForeignFileBecomesAModel() throws {
            let file = "\(Self.goldens)/convnext_like.onnx"
            let inspected = try program.run("inspect", file)
            #expect(inspected.status == 0 && inspected.output.contains("LayerNormalization"), "\(inspected.messages)")
            let unsaid = try program.run("import", file, "-o", "imported.pb")
            #expect(unsaid.status == 64 && unsaid.messages.contains("--no-normalisation"), "\(unsaid.messages)")
            #expect(!program.exists("imported.pb"))
            let outcome = try program.run(
                "import", file, "--no-normalisation", "--classes", "a,b,c,d", "-o", "imported.pb", "--json")
            #expect(outcome.status == 0, "\(outcome.messages)")
            let model = try program.run("inspect", "imported.pb")
            #expect(model.status == 0 && model.output.contains("a, b, c, d"), "\(model.messages)")
            let own = try program.run("import", "imported.pb", "--mean", "0.5", "--std", "0.5", "-o", "other.pb")
            #expect(own.status == 64 && own.messages.contains("normalises pixels itself"), "\(own.messages)")
            let wrong = try program.run("import", file, "--no-normalisation", "--classes", "a,b", "-o", "other.pb")
            #expect(wrong.status == 64 && !program.exists("other.pb"))
            let idle = try program.run("import", file, "--no-normalisation", "--epochs", "3", "-o", "other.pb")
            #expect(idle.status == 64 && idle.messages.contains("--add-exits"), "\(idle.messages)")
            _ = Workshop.made
            let others = try program.run("import", file, "--no-normalisation", "--data", "data.erds", "-o", "other.pb")
            #expect(others.status == 64 && others.messages.contains("--data: the dataset has 10 classes"), "\(others.messages)")
            #expect(try program.leftovers().isEmpty)
        }

        @Test func itIsConvertedToEveryFormat() throws {
            let file = "\(Self.goldens)/torch_like.onnx"
            for (format, output) in [("onnx", "converted.onnx"), ("safetensors", "converted-torch"), ("c", "converted-c")] {
                let name = format == "onnx" ? [] : ["--name", "net"]
                let outcome = try program.run(
                    ["convert", file, "--no-normalisation", "--to", format, "-o", output] + name, input: [])
                #expect(outcome.status == 0, "\(outcome.messages)")
                #expect(program.exists(output))
            }
            let named = try program.run(
                "convert", file, "--no-normalisation", "--to", "tflite", "-o", "net.tflite", "--name", "net")
            #expect(named.status == 64 && named.messages.contains("--name"), "\(named.messages)")
        }

        @Test func exitsAreAddedAndTheResultIsATeacher() throws {
            _ = Workshop.made
            let cut = try program.run(
                "export", "teacher.pb", "--to", "onnx", "--shape", "cut", "--exit", "2", "--opset", "18", "-o", "single.onnx")
            #expect(cut.status == 0, "\(cut.messages)")
            let outcome = try program.run(
                "import", "single.onnx", "--data", "data.erds", "--add-exits", "1", "--epochs", "1", "-o", "grown.pb",
                "--threads", "1")
            #expect(outcome.status == 0, "\(outcome.messages)")
            #expect(outcome.messages.contains("exit 1 stands behind"))
            let nobody = try program.run("compress", "grown.pb", "--target-macs", "500k", "--output", "nobody")
            #expect(nobody.status == 64 && nobody.messages.contains("--student"), "\(nobody.messages)")
            let student = try program.run(
                "compress", "grown.pb", "--target-macs", "500k", "--student", "preresnet:widths=4,8:blocks=1,1", "--epochs",
                "1", "--threads", "1", "--output", "grown")
            #expect(student.status == 0, "\(student.messages)")
            #expect(program.exists("grown/student.pb"))
        }

        /// With and without exits to train, and before anything is written.
        @Test func theDatasetMustFitTheNetwork() throws {
            _ = Workshop.made
            let cut = try program.run(
                "export", "teacher.pb", "--to", "onnx", "--shape", "cut", "--exit", "1", "-o", "fitting.onnx")
            #expect(cut.status == 0, "\(cut.messages)")
            let small = try program.run("ingest", "\(Program.samples)/test", "-o", "small.erds", "--size", "8", "-q")
            #expect(small.status == 0, "\(small.messages)")
            for exits in [[], ["--add-exits", "1"]] {
                let outcome = try program.run(
                    ["import", "fitting.onnx", "--data", "small.erds", "-o", "unfit.pb"] + exits, input: [])
                #expect(outcome.status == 65, "\(outcome.messages)")
                #expect(outcome.messages.contains("has images of 1x8x8; fitting.onnx takes 1x28x28"), "\(outcome.messages)")
                #expect(!program.exists("unfit.pb"))
            }
            let fit = try program.run("import", "fitting.onnx", "--data", "data.erds", "-o", "fit.pb")
            #expect(fit.status == 0 && program.exists("fit.pb"), "\(fit.messages)")
        }

        @Test func unknownOperatorsAreNamed() throws {
            var file = try Data(contentsOf: URL(fileURLWithPath: "\(Self.goldens)/torch_like.onnx"))
            for (known, unknown) in [("MaxPool", "ODDPool"), ("Flatten", "Unknown")] {
                // Field 4 of a node, its operator, with as many letters as before.
                let type = try #require(file.range(of: Data([0x22, UInt8(known.utf8.count)]) + Data(known.utf8)))
                file.replaceSubrange(type.lowerBound + 2..<type.upperBound, with: Data(unknown.utf8))
            }
            try program.write([UInt8](file), to: "strange.onnx")
            let inspected = try program.run("inspect", "strange.onnx")
            #expect(inspected.status == 0, "\(inspected.messages)")
            #expect(inspected.output.hasSuffix("erde does not know ODDPool, Unknown\n"), "\(inspected.output)")
            let outcome = try program.run("import", "strange.onnx", "--no-normalisation", "-o", "strange.pb")
            #expect(outcome.status == 65 && outcome.errors.count == 1, "\(outcome.messages)")
            #expect(outcome.messages.contains("ODDPool /") && outcome.messages.contains("Unknown /"), "\(outcome.messages)")
            #expect(!program.exists("strange.pb"))
        }

        @Test func aTextIsNoModel() throws {
            try program.write(Array("not a model".utf8), to: "text.onnx")
            let outcome = try program.run("import", "text.onnx", "--no-normalisation")
            #expect(outcome.status == 65 && outcome.errors.count == 1, "\(outcome.messages)")
        }
    }
}
