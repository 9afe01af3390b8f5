import Foundation
import Testing

extension Pipeline {
    /// Commands that messages suggest can be pasted into a shell.
    @Suite(.serialized)
    struct SuggestionTests {
        private let program = Workshop.program
        private let pictures = "ann's pictures"

        /// Two classes with an image that is there three times.
        private func makePictures() throws {
            let manager = FileManager.default
            try? manager.removeItem(atPath: "\(program.folder)/\(pictures)")
            for label in ["bag", "coat"] {
                let source = "\(Program.samples)/train/\(label)"
                let place = "\(program.folder)/\(pictures)/\(label)"
                try manager.createDirectory(atPath: place, withIntermediateDirectories: true)
                let names = try manager.contentsOfDirectory(atPath: source).filter { $0.hasSuffix(".png") }.sorted().prefix(12)
                for name in names { try manager.copyItem(atPath: "\(source)/\(name)", toPath: "\(place)/\(name)") }
                let first = try #require(names.first)
                for copy in ["x.png", "y.png"] { try manager.copyItem(atPath: "\(source)/\(first)", toPath: "\(place)/\(copy)") }
            }
        }

        @Test func whatWasFoundIsShownByTheCommandThatIsNamed() throws {
            try makePictures()
            let outcome = try program.run(
                "ingest", pictures, "-o", "pictures.erds", "--size", "20", "--channels", "rgb", "--test-share", "0.3")
            #expect(outcome.status == 0, "\(outcome.messages)")
            let command = try #require(outcome.output.split(separator: "`").first { $0.hasPrefix("erde ingest") })
            #expect(
                command
                    == #"erde ingest 'ann'\''s pictures' --size 20 --channels rgb --test-share 0.3 --check --html page.html"#)
            let (process, output, messages) = try program.start(
                ["-c", "\"$0\"\(command.dropFirst("erde".count))", Program.path], program: "/bin/sh")
            let shown = Program.finish(process, output, messages)
            #expect(shown.status == 0 && program.exists("page.html"), "\(shown.messages)")
            #expect(shown.output.contains("duplicates"), "\(shown.output)")
        }

        @Test func pathsAreQuoted() throws {
            _ = Workshop.made
            try makePictures()
            let folder = try program.run("train", pictures, "-o", "never.pb")
            #expect(
                folder.status == 65 && folder.messages.contains(#"`erde ingest 'ann'\''s pictures' -o data.erds`"#),
                "\(folder.messages)")
            try program.write(try program.read("data.erds"), to: "our data.erds")
            let dataset = try program.run("ingest", "our data.erds", "-o", "never.erds")
            #expect(dataset.status == 65 && dataset.messages.contains("`erde train 'our data.erds'`"), "\(dataset.messages)")
            try program.write(try program.read("small/student.pb"), to: "our student.pb")
            let budget = try program.run("classify", "our student.pb", Program.samples, "--budget", "1k")
            #expect(
                budget.status == 64 && budget.messages.contains("`erde calibrate 'our student.pb' --budgets …`"),
                "\(budget.messages)")
        }
    }
}
