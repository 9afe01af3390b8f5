import Foundation
import Testing

extension Pipeline {
    /// What `--json` prints is what the documentation says.
    @Suite(.serialized)
    struct DocumentedJSONTests {
        private let program = Workshop.program

        /// By section of the page: its keys, with whether each is always there.
        private static let documented: [String: [String: Bool]] = {
            let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("docs/json.md")
            var sections: [String: [String: Bool]] = [:]
            var section = ""
            for line in ((try? String(contentsOf: page, encoding: .utf8)) ?? "").split(separator: "\n") {
                if line.hasPrefix("## ") {
                    section = String(line.dropFirst(3))
                } else if line.hasPrefix("| `") {
                    let cell = line.dropFirst(2).prefix { $0 != "|" }
                    for key in cell.matches(of: /`([^`]+)`(\??)/) {
                        sections[section, default: [:]][String(key.1)] = key.2.isEmpty
                    }
                }
            }
            return sections
        }()

        /// Every place of a value, as the page writes it: `settings[].accuracy`.
        private func places(_ value: Any, at place: String = "") -> Set<String> {
            switch value {
            case let object as [String: Any]:
                object.reduce(into: place.isEmpty ? [] : [place]) { found, entry in
                    found.formUnion(places(entry.value, at: place.isEmpty ? entry.key : "\(place).\(entry.key)"))
                }
            case let list as [Any]:
                list.reduce(into: ["\(place)[]"]) { $0.formUnion(places($1, at: "\(place)[]")) }
            default: [place]
            }
        }

        private func expect(_ section: String, _ json: some StringProtocol) throws {
            let keys = try #require(Self.documented[section], "\(section)")
            let found = places(try JSONSerialization.jsonObject(with: Data(json.utf8)))
            for (key, isAlways) in keys where isAlways {
                #expect(found.contains(key), "\(section): \(key) is documented and not printed")
            }
            func contains(_ whole: String, _ part: String) -> Bool {
                whole == part || part.hasPrefix("\(whole).") || part.hasPrefix("\(whole)[")
            }
            for place in found where !keys.keys.contains(where: { contains($0, place) || contains(place, $0) }) {
                Issue.record("\(section): \(place) is printed and not documented")
            }
        }

        private func expect(_ section: String, of arguments: String...) throws {
            let (process, output, messages) = try program.start(arguments + ["--json"])
            let outcome = Program.finish(process, output, messages)
            #expect(outcome.status == 0, "\(arguments): \(outcome.messages)")
            try expect(section, outcome.output)
        }

        @Test func thePipelinePrintsWhatIsDocumented() throws {
            for command in ["ingest", "train", "compress"] {
                try expect(command, try #require(Workshop.made[command]).output)
            }
            try expect("compress", of: "calibrate", "small/student.pb", "--budgets", "1M", "-o", "json.pb", "--threads", "1")
            try expect("compress", of: "quantize", "small/student.pb", "-o", "json8.pb", "--threads", "1", "--force")
            try expect(
                "prune", of: "prune", "teacher.pb", "--to", "60%", "--no-training", "-o", "json-pruned.pb", "--threads", "1")
            try expect("prune --groups", of: "prune", "teacher.pb", "--groups")
            try expect("evaluate", of: "evaluate", "small/student.pb", "--threads", "1")
            let log = String(decoding: try program.read("teacher.metrics.jsonl"), as: UTF8.self)
            for line in log.split(separator: "\n") { try expect("Logs", line) }
        }

        @Test func whatLooksAndConvertsPrintsWhatIsDocumented() throws {
            _ = Workshop.made
            try expect("ingest --check", of: "ingest", Program.samples, "--check")
            try expect("inspect", of: "inspect", "small/student.pb", "--layers")
            try expect("inspect DATASET", of: "inspect", "data.erds")
            try expect("export", of: "export", "teacher.pb", "--to", "onnx", "-o", "json.onnx")
            try expect("import", of: "import", "json.onnx", "-o", "json-imported.pb")
            try expect("report", of: "report", "small")
            try expect("doctor", of: "doctor")
            try expect("bench", of: "bench", "infer", "teacher.pb", "--rounds", "1", "--batch", "2", "--threads", "1")
            try expect("bench", of: "bench", "decode", Program.samples, "--rounds", "1")
        }
    }
}
