import Foundation
import Testing

extension Pipeline {
    /// Networks of several families, from the command line to classes.
    @Suite(.serialized)
    struct FamilyTests {
        private let program = Workshop.program

        @Test func oneFamilyTeachesAnother() throws {
            _ = Workshop.made
            let train = try program.run(
                "train", "data.erds", "-o", "multiscale.pb", "--arch", "msdnet:layers=4:base=2:step=1:growth=2:stem=4:exits=3",
                "--epochs", "1", "--threads", "1", "-q", "--json")
            #expect(train.status == 0, "\(train.messages)")
            #expect(train.output.contains("msdnet:layers=4:"))
            let compress = try program.run(
                "compress", "multiscale.pb", "--target-macs", "30%", "--student", "auto:vgg:widths=8,16:blocks=1,1", "--epochs",
                "1", "--threads", "1", "--output", "across", "-q")
            #expect(compress.status == 0, "\(compress.messages)")
            let report = String(decoding: try program.read("across/report/calibration.json"), as: UTF8.self)
            #expect(report.contains("networks of the vgg family"))
            let classes = try program.run("classify", "across/student.pb", Program.samples, "--threads", "1", "-q")
            #expect(classes.status == 0, "\(classes.messages)")
        }

        @Test func helpListsTheFamilies() throws {
            let help = try program.run("train", "--help").output
            for name in ["preresnet-20x2", "wrn-16-4", "vgg16", "mobilenetv2", "densenet-100-12", "msdnet", "exits=4", "head="] {
                #expect(help.contains(name), "\(name)")
            }
        }

        @Test func helpSaysTheDefaults() throws {
            let defaults = [
                "train": [
                    "preresnet-20x2 by default", "Images per step; 128 by default", "oneCycle or cosine; oneCycle by default",
                ],
                "compress": ["Weight of the entropy term; 0.5 by default", "compare with their thresholds; entropy by default"],
                "quantize": ["mse or entropy; mse by default", "until none does. 0.3 by default"],
            ]
            for (command, texts) in defaults {
                let help = try program.run(command, "--help").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                for text in texts { #expect(help.contains(text), "\(command): \(text)") }
            }
        }

        @Test func benchmarksTakeAnyNetwork() throws {
            _ = Workshop.made
            let bench = try program.run(
                "bench", "train", "--arch", "densenet:blocks=1,1:growth=4", "--size", "8", "--batch", "4", "--rounds", "1",
                "--json")
            #expect(bench.status == 0, "\(bench.messages)")
            #expect(bench.output.contains("densenet:blocks=1,1:growth=4"))
        }
    }
}
