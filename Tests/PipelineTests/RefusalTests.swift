import Foundation
import Testing

extension Pipeline {
    /// Values and files of many wrong kinds: each is refused in words, none crashes.
    @Suite(.serialized)
    struct RefusalTests {
        private let program = Workshop.program

        private func expect(_ outcome: Program.Outcome, status: Int32, location: SourceLocation = #_sourceLocation) {
            #expect(outcome.status == status, "\(outcome.messages)", sourceLocation: location)
            #expect(outcome.errors.count == 1, "\(outcome.messages)", sourceLocation: location)
            #expect(outcome.output.isEmpty, sourceLocation: location)
        }

        @Test(arguments: ["twenty", "-5M", "0", "20MB", "nan", "", "inf", "%", "-1%", "1e400"])
        func noQuantity(text: String) throws {
            _ = Workshop.made
            expect(try program.run("compress", "teacher.pb", "--target-macs=\(text)", "--output", "refused"), status: 64)
            #expect(!program.exists("refused"))
        }

        @Test func aRefusedRunLeavesTheRecipeOfTheModel() throws {
            _ = Workshop.made
            let recipe = try program.read("teacher.recipe.json")
            expect(
                try program.run("train", "data.erds", "-o", "teacher.pb", "--arch", Workshop.network, "--batch", "60000", "-q"),
                status: 64)
            let resumed = try program.run("train", "data.erds", "-o", "teacher.pb", "--arch", Workshop.network, "--resume", "-q")
            expect(resumed, status: 66)
            #expect(try program.read("teacher.recipe.json") == recipe)
            let student = try program.read("small/student.recipe.json")
            expect(
                try program.run(
                    "compress", "teacher.pb", "--target-macs", "1.2M", "--student", Workshop.network, "--batch", "60000",
                    "--output", "small", "-q"), status: 64)
            #expect(try program.read("small/student.recipe.json") == student)
        }

        @Test(arguments: [0, 1, 10, 500, 5_000, 20_000])
        func truncatedAndForeignFiles(size: Int) throws {
            _ = Workshop.made
            for (source, cut, command) in [("teacher.pb", "cut\(size).pb", "inspect"), ("data.erds", "cut\(size).erds", "train")]
            {
                let whole = try program.read(source)
                try #require(whole.count > size)
                try program.write(Array(whole.prefix(size)), to: cut)
                expect(try program.run(command, cut), status: 65)
                try program.write([UInt8](repeating: 0x41, count: size), to: "foreign-\(cut)")
                expect(try program.run(command, "foreign-\(cut)"), status: 65)
            }
        }

        /// A damaged model gives an error or, where only a weight or a text is hit, a model; it never ends in a signal.
        @Test func damagedModelsDoNotCrash() throws {
            _ = Workshop.made
            let whole = try program.read("teacher.pb")
            for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
                var damaged = whole
                damaged[place] ^= 0xFF
                try program.write(damaged, to: "damaged.pb")
                let outcome = try program.run("inspect", "damaged.pb", "--layers")
                #expect([0, 65].contains(outcome.status), "byte \(place): \(outcome.status) \(outcome.messages)")
            }
        }

        @Test func commandsThatDoNotExist() throws { expect(try program.run("frobnicate"), status: 64) }

        @Test(arguments: [
            "ingest", "train", "compress", "calibrate", "evaluate", "classify", "inspect", "report", "bench", "doctor",
        ]) func everyCommandExplainsItself(command: String) throws {
            let outcome = try program.run(command, "--help")
            #expect(outcome.status == 0 && outcome.messages.isEmpty)
            #expect(outcome.output.contains("USAGE: erde \(command)"), "\(outcome.output)")
            #expect(try program.run("--help").output.contains("\n  \(command)"))
        }
    }
}
