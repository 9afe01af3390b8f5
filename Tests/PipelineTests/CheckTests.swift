import Foundation
import Testing

extension Pipeline {
    /// `erde check` and `--check`, with programs in Python's place that do all that runtimes may do.
    @Suite(.serialized)
    struct CheckTests {
        private let program = Workshop.program
        private let images = 24

        /// Puts erde's own logits, or zeros, in the runtime's place.
        private static func answers(_ source: String) -> String { "cat \(source) > \"$run/answers.f32\"\n" }
        private static let own = answers("\"$run/../logits.f32\"")
        /// 2 exits of 24 images in 10 classes.
        private static let zeros = "head -c 1920 /dev/zero > \"$run/answers.f32\"\n"

        private static func result(
            version: String = "7.8.9", precision: String = "float32", rest: String = ""
        ) -> String {
            """
            echo '{"version": "\(version)", "precision": "\(precision)", "rows": 2, "classes": 10, \
            "milliseconds": {"1": 0.5, "128": 0.25}\(rest)}' > "$run/result.json"

            """
        }

        /// A shell script in Python's place; `$run` is the folder of the job, `$job` the job.
        private func python(_ name: String, _ body: String) throws -> String {
            let path = "\(program.folder)/python-\(name)"
            try program.write(Array("#!/bin/sh\njob=\"$2\"\nrun=$(dirname \"$job\")\n\(body)".utf8), to: "python-\(name)")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            return path
        }

        /// A folder for what the program lets lie while it works.
        private var temporary: String { "\(program.folder)/check-tmp" }

        private func leftovers() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: temporary) }

        private func start(_ arguments: [String], environment: [String: String] = [:]) throws -> (Process, Pipe, Pipe) {
            _ = Workshop.made
            try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
            return try program.start(arguments, environment: ["TMPDIR": temporary].merging(environment) { $1 })
        }

        private func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Program.Outcome {
            let (process, output, messages) = try start(arguments, environment: environment)
            let outcome = Program.finish(process, output, messages)
            #expect(try leftovers().isEmpty)
            return outcome
        }

        /// Checks the student's own file, which has all exits as outputs.
        private func check(_ python: String, _ more: String..., environment: [String: String] = [:]) throws -> Program.Outcome {
            try run(
                ["check", "small/student.pb", "--against", "small/student.pb", "--limit", "\(images)", "--threads", "1"]
                    + ["--python", python] + more, environment: environment)
        }

        @Test func aModelOfOtherImagesIsRefusedAtOnce() throws {
            let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Goldens/imports/torch_like.onnx").path
            let imported = try run(["import", golden, "--no-normalisation", "-o", "of-other-images.pb"])
            #expect(imported.status == 0, "\(imported.messages)")
            let outcome = try run(["check", "small/student.pb", "--against", "of-other-images.pb"])
            #expect(outcome.status == 65 && outcome.errors.count == 1, "\(outcome.messages)")
            #expect(outcome.messages.contains("takes images of 1x28x28, of-other-images.pb of 3x13x11"), "\(outcome.messages)")
        }

        @Test func equalAnswersAgree() throws {
            let python = try python("equal", Self.own + Self.result())
            let outcome = try check(python)
            #expect(outcome.status == 0, "\(outcome.messages)")
            let lines = outcome.output.split(separator: "\n")
            let own = try #require(lines.first { $0.hasPrefix("erde") })
            #expect(own.contains("float32"))
            // Version, precision, difference, classes, exits, milliseconds.
            let row = try #require(lines.first { $0.hasPrefix("ONNX Runtime") }).split(separator: " ")
            #expect(row.dropFirst(2) == ["7.8.9", "float32", "0", "0", "0", "0.500", "0.250", "agrees"])
            #expect(lines.contains { $0.hasPrefix("OpenVINO, INFERENCE_PRECISION_HINT=f32") })
            #expect(outcome.output.contains("24 images of the test split of"))
            #expect(lines.last?.hasPrefix("allowed: a difference of ") == true)
            // Columns are aligned.
            let table = lines.drop { !$0.hasPrefix("runtime") }.dropLast()
            #expect(Set(table.map(\.count)).count == 1, "\(outcome.output)")
        }

        @Test func theReportIsJSON() throws {
            struct Report: Decodable {
                struct File: Decodable {
                    struct Runtime: Decodable {
                        struct Difference: Decodable {
                            let largest, largestShare: Double
                            let otherClasses, otherExits: Int
                        }
                        let runtime, verdict: String
                        let difference: Difference?
                    }
                    let shape: String
                    let runtimes: [Runtime]
                }
                let agrees: Bool
                let imageCount: Int
                let files: [File]
            }
            struct Export: Decodable {
                let check: Report
            }
            let python = try python("json", Self.own + Self.result())
            let outcome = try check(python, "--json", "--quiet")
            let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
            #expect(report.agrees && report.imageCount == images)
            #expect(report.files.map(\.shape) == ["all"])
            #expect(report.files[0].runtimes.map(\.runtime) == ["ONNX Runtime", "OpenVINO", "OpenVINO"])
            #expect(report.files[0].runtimes.allSatisfy { $0.verdict == "agrees" && $0.difference?.largest == 0 })
            let exported = try run([
                "export", "small/student.pb", "--to", "onnx", "-o", "checked.onnx", "--check", "--limit", "\(images)", "--python",
                python, "--json", "--quiet",
            ])
            #expect(exported.status == 0, "\(exported.messages)")
            #expect(try JSONDecoder().decode(Export.self, from: Data(exported.output.utf8)).check.agrees)
        }

        @Test func otherAnswersDiffer() throws {
            let outcome = try check(try python("zeros", Self.zeros + Self.result()))
            #expect(outcome.status == 70)
            #expect(outcome.output.contains("DIFFERS"))
            #expect(outcome.errors.count == 1 && outcome.messages.contains("ONNX Runtime answers otherwise"))
            #expect(outcome.messages.contains("OpenVINO answers otherwise"))
        }

        @Test func lessThanFloat32IsNoDisagreement() throws {
            let outcome = try check(
                try python(
                    "bfloat16",
                    """
                    if grep -q runner_openvino "$job" && ! grep -q '"f32"' "$job"; then
                        \(Self.zeros)\(Self.result(precision: "bfloat16"))
                    else
                        \(Self.own)\(Self.result())
                    fi
                    """))
            #expect(outcome.status == 0, "\(outcome.messages)")
            #expect(outcome.output.contains("bfloat16") && outcome.output.contains("less than float32"))
            #expect(outcome.output.contains("OpenVINO: set INFERENCE_PRECISION_HINT=f32 for float32"))
        }

        @Test(arguments: [
            ("signal", "kill -SEGV $$", "crashed: signal 11"),
            ("status", "echo no such thing >&2; exit 3", "ended with status 3: no such thing"),
            ("nothing", "exit 0", "ended without a result"),
            ("garbage", "echo '{\"version\": 7' > \"$run/result.json\"", "gave a result that is not the JSON expected"),
            (
                "shape", "echo '{\"rows\": 3, \"classes\": 10}' > \"$run/result.json\"; : > \"$run/answers.f32\"",
                "gave a result that cannot be used"
            ),
            ("refusal", "echo '{\"problem\": \"ValueError: no\"}' > \"$run/result.json\"", "ValueError: no"),
            ("flood", "yes", "prints more than 4 MiB"),
        ]) func whatARuntimeDoesWrongIsARow(name: String, body: String, words: String) throws {
            let outcome = try check(try python(name, body))
            #expect(outcome.status == 70, "\(outcome.messages)")
            #expect(outcome.output.contains("FAILED") && outcome.output.contains("ONNX Runtime: \(words)"), "\(outcome.output)")
            #expect(outcome.output.contains("OpenVINO: \(words)"))
        }

        @Test func otherExitsThanTheModelsDiffer() throws {
            let three = Self.answers("\"$run/../logits.f32\" \"$run/../logits.f32\"")
            let outcome = try check(try python("exits", three + Self.result().replacing("\"rows\": 2", with: "\"rows\": 4")))
            #expect(outcome.status == 70)
            #expect(outcome.output.contains("the model has 2, the file 4"), "\(outcome.output)")
        }

        @Test func whatTakesTooLongIsEnded() throws {
            let python = try python("hang", "sleep 600 & echo $! > \"\(program.folder)/sleeper\"; wait")
            let start = ContinuousClock.now
            let outcome = try check(python, "--timeout", "1")
            #expect(ContinuousClock.now - start < .seconds(60))
            #expect(outcome.status == 70)
            #expect(outcome.output.contains("no answer within 1 s"))
            try expectSleeperIsGone()
        }

        @Test func controlCLeavesNothing() throws {
            let python = try python("interrupted", "sleep 600 & echo $! > \"\(program.folder)/sleeper\"; wait")
            try? FileManager.default.removeItem(atPath: "\(program.folder)/sleeper")
            let (process, output, messages) = try start([
                "check", "small/student.pb", "--against", "small/student.pb", "--limit", "4", "--python", python,
            ])
            let deadline = ContinuousClock.now + .seconds(120)
            while (try? sleeper()) == nil && ContinuousClock.now < deadline { usleep(20_000) }
            #expect(try !leftovers().isEmpty)
            kill(process.processIdentifier, SIGINT)
            let outcome = Program.finish(process, output, messages)
            #expect(outcome.status == 130, "\(outcome.messages)")
            #expect(try leftovers().isEmpty)
            try expectSleeperIsGone()
        }

        private func sleeper() throws -> pid_t {
            let text = String(decoding: try program.read("sleeper"), as: UTF8.self)
            return try #require(pid_t(text.filter(\.isNumber)))
        }

        /// What the program in Python's place started is ended with it.
        private func expectSleeperIsGone() throws {
            let pid = try sleeper()
            for _ in 0..<100 where isRunning(pid) { usleep(20_000) }
            #expect(!isRunning(pid))
        }

        /// Whether a process is there and no mere entry that nobody has asked about.
        private func isRunning(_ pid: pid_t) -> Bool {
            guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
            return !status.contains(") Z ")
        }

        @Test func whatIsNotInstalledIsNamed() throws {
            let missing = "echo '{\"missing\": \"onnxruntime\"}' > \"$run/result.json\"\n"
            let all = try check(try python("missing", missing))
            #expect(all.status == 69)
            #expect(all.output.contains("ONNX Runtime: not found; pip install onnxruntime"))
            #expect(all.messages.contains("no runtime was found"))
            // Nothing was there to set its own times beside.
            let own = try #require(all.output.split(separator: "\n").first { $0.hasPrefix("erde") })
            #expect(own.split(separator: " ").count(where: { $0 == "–" }) == 6, "\(own)")
            let some = try check(
                try python("some", "if grep -q runner_onnx \"$job\"; then \(missing) exit 0; fi\n" + Self.own + Self.result()))
            #expect(some.status == 0, "\(some.messages)")
            #expect(some.output.contains("pip install onnxruntime") && some.output.contains("agrees"))
        }

        @Test func aFileThatNothingRunsHasNotPassed() throws {
            _ = Workshop.made
            _ = try program.run("export", "small/student.pb", "--to", "tflite", "-o", "idle.tflite")
            let python = try python(
                "idle",
                """
                if grep -q runner_litert "$job"; then
                    echo '{"missing": "ai_edge_litert"}' > "$run/result.json"
                    exit 0
                fi
                \(Self.own)\(Self.result())
                """)
            let outcome = try check(python, "idle.tflite")
            #expect(outcome.status == 69)
            #expect(outcome.output.contains("agrees") && outcome.output.contains("pip install ai-edge-litert"))
            let report = try check(python, "idle.tflite", "--json")
            #expect(report.status == 69 && report.output.contains(#""agrees" : false"#), "\(report.output)")
            let error = try #require(outcome.errors.first)
            #expect(error.contains("idle.tflite") && !error.contains("student.pb") && error.contains("ai-edge-litert"))
        }

        @Test func pythonIsFoundByOptionThenEnvironment() throws {
            let python = try python("environment", Self.own + Self.result(version: "1.2.3"))
            let arguments = ["check", "small/student.pb", "--against", "small/student.pb", "--limit", "\(images)"]
            let outcome = try run(arguments, environment: ["ERDE_PYTHON": python])
            #expect(outcome.status == 0 && outcome.output.contains("1.2.3"), "\(outcome.messages)")
            for nowhere in ["/nowhere/python", "python-that-nobody-has", "/etc/passwd", "/etc"] {
                let missing = try run(arguments + ["--python", nowhere], environment: ["ERDE_PYTHON": python])
                #expect(missing.status == 69)
                #expect(missing.errors.count == 1 && missing.messages.contains("--python"), "\(missing.messages)")
            }
        }

        @Test func cNeedsNoPython() throws {
            let options = ["--to", "c", "--name", "net", "-o", "c-checked", "--check", "--limit", "\(images)"]
            let outcome = try run(["export", "small/student.pb", "--python", "/nowhere/python"] + options)
            #expect(outcome.status == 0, "\(outcome.messages)")
            #expect(outcome.output.contains("C compiler") && outcome.output.contains("agrees"), "\(outcome.output)")
            try program.write(Array("int nothing;".utf8), to: "c-checked/net.c")
            let check = ["check", "c-checked", "--against", "small/student.pb", "--limit", "\(images)"]
            let broken = try run(check)
            #expect(broken.status == 70 && broken.output.contains("does not compile"), "\(broken.output)")
            let without = try run(check, environment: ["CC": "compiler-that-nobody-has"])
            #expect(without.status == 69 && without.output.contains("install a C compiler"), "\(without.output)")
        }

        /// OpenVINO's own files run in OpenVINO, stages by their contract, and a cut is held to the exit that it names.
        @Test func filesOfOpenVINO() throws {
            struct Report: Decodable {
                struct File: Decodable {
                    struct Runtime: Decodable {
                        let runtime, verdict: String
                        let setting: String?
                    }
                    let format, shape: String
                    let exit: Int?
                    let runtimes: [Runtime]
                }
                let files: [File]
            }
            func check(_ python: String, _ folder: String = "ir-checked") throws -> (status: Int32, file: Report.File) {
                let outcome = try run([
                    "check", folder, "--against", "small/student.pb", "--limit", "\(images)", "--python", python, "--json",
                    "--quiet",
                ])
                let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
                #expect(report.files.count == 1)
                return (outcome.status, report.files[0])
            }
            let onlyOpenVINO = "grep -q runner_openvino \"$job\" || exit 3\n"
            func answers(_ part: String) -> String {
                onlyOpenVINO + "\(part) -c 960 \"$run/../logits.f32\" > \"$run/answers.f32\"\n"
                    + Self.result().replacing("\"rows\": 2", with: "\"rows\": 1")
            }
            let export = ["export", "small/student.pb", "--to", "openvino", "--quiet"]

            #expect(try run(export + ["-o", "ir-checked", "--shape", "cut", "--exit", "1"]).status == 0)
            let cut = try check(try python("ir-first", answers("head")))
            #expect(cut.status == 0 && cut.file.format == "openvino" && cut.file.shape == "cut" && cut.file.exit == 1)
            #expect(cut.file.runtimes.map(\.runtime) == ["OpenVINO", "OpenVINO"])
            #expect(cut.file.runtimes.map(\.setting) == [nil, "INFERENCE_PRECISION_HINT=f32"])
            #expect(cut.file.runtimes.allSatisfy { $0.verdict == "agrees" })
            let other = try check(try python("ir-last", answers("tail")))
            #expect(other.status == 70 && other.file.exit == 1)

            #expect(try run(export + ["-o", "ir-checked"]).status == 0)
            let all = try check(try python("ir-all", onlyOpenVINO + Self.own + Self.result()))
            #expect(all.status == 0 && all.file.shape == "all" && all.file.runtimes.count == 2)

            let python = try python("ir-stages", onlyOpenVINO + "grep -q stage2.xml \"$job\" && exit 7")
            let stages = try run(
                export + ["-o", "ir-stages-checked", "--shape", "stages", "--check", "--limit", "\(images)", "--python", python])
            #expect(stages.status == 70 && stages.output.contains("ended with status 7"), "\(stages.output)")
            let again = try check(python, "ir-stages-checked")
            #expect(again.status == 70 && again.file.shape == "stages" && again.file.runtimes.count == 2)
            let alone = try run(["check", "ir-stages-checked/stage1.xml", "--against", "small/student.pb"])
            #expect(alone.status == 65 && alone.messages.contains("stages.json"), "\(alone.messages)")
        }

        /// Weights that lie beside the files of the stages are no files of their own.
        @Test(arguments: ["onnx", "openvino", "ncnn", "tflite"]) func aFolderOfStagesIsOneThing(format: String) throws {
            let folder = "\(format)-stages-once"
            let export = try run(["export", "small/student.pb", "--to", format, "--shape", "stages", "-o", folder, "--quiet"])
            #expect(export.status == 0, "\(export.messages)")
            let outcome = try run([
                "check", folder, "--against", "small/student.pb", "--limit", "\(images)", "--python",
                try python("stages-\(format)", "exit 3"),
            ])
            #expect(outcome.status == 70, "\(outcome.messages)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("runtime ") } == 1, "\(outcome.output)")
            #expect(lines.contains { $0.hasPrefix("\(folder): stages") }, "\(outcome.output)")
        }

        @Test func imagesMayLieInAFolder() throws {
            let outcome = try check(try python("folder", Self.own + Self.result()), "--images", Program.samples + "/test")
            #expect(outcome.status == 0, "\(outcome.messages)")
            #expect(outcome.output.contains("24 images of \(Program.samples)/test"))
        }

        @Test func whatCannotBeCheckedIsRefused() throws {
            _ = Workshop.made
            _ = try program.run("export", "small/student.pb", "--to", "onnx", "--shape", "stages", "-o", "check-stages")
            try FileManager.default.createDirectory(atPath: "\(program.folder)/nothing", withIntermediateDirectories: true)
            try program.write(Array("words".utf8), to: "words.txt")
            let wrong: [([String], Int32, String)] = [
                (["nowhere.onnx"], 66, "does not exist"), (["words.txt"], 65, "not a file that runtimes run"),
                (["nothing"], 65, "holds nothing"), (["check-stages/stage1.onnx"], 65, "stages.json"),
                (["small/student.pb", "--images", "nowhere"], 66, "--images"),
                (["small/student.pb", "--limit", "0"], 64, "--limit"),
                (["small/student.pb", "--exit", "0"], 64, "--exit"),
            ]
            for (arguments, status, words) in wrong {
                let outcome = try run(["check", "--against", "small/student.pb"] + arguments)
                #expect(outcome.status == status, "\(arguments): \(outcome.messages)")
                #expect(outcome.messages.contains(words), "\(words) in \(outcome.messages)")
            }
            let alone = try run(["export", "small/student.pb", "--to", "onnx", "-o", "x.onnx", "--limit", "3"])
            #expect(alone.status == 64 && alone.messages.contains("--check"))
            let foreign = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Goldens/imports/torch_like.onnx").path
            let unknown = try run(["convert", foreign, "--no-normalisation", "--to", "onnx", "-o", "x.onnx", "--check"])
            #expect(unknown.status == 64 && unknown.messages.contains("--images"), "\(unknown.messages)")
            #expect(!program.exists("x.onnx"))
        }

        @Test func filesOfAnotherModelAreNamed() throws {
            _ = Workshop.made
            _ = try program.run("export", "teacher.pb", "--to", "onnx", "-o", "teacher.onnx")
            _ = try program.run("export", "teacher.pb", "--to", "openvino", "-o", "teacher-ir")
            for file in ["teacher.onnx", "teacher-ir/model.xml"] {
                let outcome = try run(
                    [
                        "check", file, "--against", "small/student.pb", "--limit", "\(images)", "--python",
                        try python("other", Self.own + Self.result()),
                    ])
                #expect(outcome.status == 0)
                #expect(outcome.messages.contains("\(file) was made from another file than small/student.pb"))
            }
        }
    }
}
