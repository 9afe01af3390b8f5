import Artifacts
import C99Format
import Diagnostics
import Foundation
import Graphs
import Tensors
import TestSupport
import Testing

/// The C source, compiled without a warning and run, answers as the reference engine does.
@Suite struct C99Tests {
    /// What the compiled program says of one image.
    private struct Answer {
        let label: Int
        let probability: Double
        let exit: Int
        let macs: Int
        let logits: [Double]
    }

    /// Reads images from a file and thresholds from its arguments; one line of answers for each image.
    private static let main = """
        #include "net.h"
        #include <stdio.h>
        #include <stdlib.h>

        int main(int count, char **arguments)
        {
            static float image[NET_CHANNELS * NET_HEIGHT * NET_WIDTH], workspace[NET_WORKSPACE];
            float thresholds[NET_EXITS] = { 0 };
            for (int i = 2; i < count && i < NET_EXITS + 2; i++) thresholds[i - 2] = strtof(arguments[i], NULL);
            FILE *file = fopen(arguments[1], "rb");
            if (!file) return 1;
            net_answer answer;
            while (fread(image, sizeof image, 1, file) == 1) {
                net_classify(image, count > 2 ? thresholds : NULL, workspace, &answer);
                printf("%d %.9g %d %lld", answer.label, answer.probability, answer.exit, answer.macs);
                for (int i = 0; i < NET_CLASSES; i++) printf(" %.9g", answer.logits[i]);
                printf("\\n");
            }
            return fclose(file);
        }
        """

    private func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    /// Compiles a model and classifies images with each list of thresholds.
    private func answers(
        _ model: Model, policy: ExitPolicy?, _ images: Tensor, thresholds: [[String]]
    ) throws -> [[Answer]] {
        let folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("erde-c99-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try C99Export.files(of: model, name: "net", policy: policy)
        #expect(files.map(\.name) == ["net.h", "net.c"])
        for file in files + [FileContent(name: "main.c", text: Self.main)] {
            try Data(file.bytes).write(to: folder.appendingPathComponent(file.name))
        }
        try images.withUnsafeBytes { try Data($0).write(to: folder.appendingPathComponent("images")) }
        let compiler = try #require(
            ["/usr/bin/gcc", "/usr/bin/cc", "/usr/bin/clang"].first { FileManager.default.isExecutableFile(atPath: $0) })
        let compiled = try run(
            compiler,
            ["-std=c99", "-pedantic", "-O1", "-Wall", "-Wextra", "-Werror", "-o", "\(folder.path)/net"]
                + ["net.c", "main.c"].map { "\(folder.path)/\($0)" } + ["-lm"])
        #expect(compiled.status == 0, "\(compiled.output)")
        return try thresholds.map { thresholds in
            let outcome = try run("\(folder.path)/net", ["\(folder.path)/images"] + thresholds)
            #expect(outcome.status == 0)
            return outcome.output.split(separator: "\n").map { line in
                let fields = line.split(separator: " ").map { Double($0) ?? .nan }
                return Answer(
                    label: Int(fields[0]), probability: fields[1], exit: Int(fields[2]), macs: Int(fields[3]),
                    logits: Array(fields[4...]))
            }
        }
    }

    private let rounding = Tolerance(absolute: 1e-4, relative: 1e-4, reason: "sums in float32, weights folded")

    private func check(_ model: Model) throws { try check(model, rounding) }

    private func check(_ model: Model, _ tolerance: Tolerance) throws {
        let images = SampleNetworks.images(model, count: 9)
        let expected = try SampleNetworks.logits(model, images)
        let exits = expected.count
        let only = (0..<exits).map { exit in (0..<exits).map { $0 < exit ? "0" : "1e30" } }
        for (exit, answers) in try answers(model, policy: nil, images, thresholds: only).enumerated() {
            #expect(answers.count == 9)
            #expect(answers.allSatisfy { $0.exit == exit + 1 && $0.macs == model.metadata.cumulativeMACs[exit] })
            expectClose(answers.flatMap(\.logits), expected[exit].doubles, tolerance, "exit \(exit + 1)")
            for (row, answer) in answers.enumerated() {
                let logits = expected[exit].doubles[row * 4..<row * 4 + 4]
                let top = logits.max() ?? 0
                #expect(logits[logits.startIndex + answer.label] >= top - 2 * tolerance.absolute)
                #expect(abs(answer.probability - 1 / logits.reduce(0) { $0 + exp($1 - top) }) < 4 * tolerance.absolute)
            }
        }
    }

    @Test(arguments: ArchitectureDescription.Head.allCases)
    func everyExitOfARealNetwork(head: ArchitectureDescription.Head) throws {
        try check(try SampleNetworks.preResNet(head: head))
    }

    @Test(arguments: SampleNetworks.families) func everyFamily(_ name: String) throws {
        try check(try SampleNetworks.network(named: name))
    }

    @Test func everyLayer() throws { try check(try SampleNetworks.manyLayers()) }

    /// A sum near the middle of two steps may be rounded to either, which the layers behind carry on.
    private let steps = Tolerance(absolute: 1e-4, relative: 1e-4, reason: "integers are the same, scales in float32")

    @Test(arguments: [
        "preresnet:widths=5,7,11:blocks=1,2,1:stem=5", "vgg:widths=5,7,3:blocks=1,2,1:exits=2,4",
        "mobilenetv2:widths=3,5,5:blocks=1,2,1:last=11", "densenet:blocks=2,3:growth=3:head=pool2:exits=3",
        "msdnet:layers=4:base=1:step=1:growth=3:stem=5",
    ]) func everyFamilyInBytes(_ name: String) throws {
        let model = try SampleNetworks.quantized(try SampleNetworks.network(named: name))
        try check(model, steps)
        let source = String(decoding: try C99Export.files(of: model, name: "net", policy: nil)[1].bytes, as: UTF8.self)
        // Weights of layers lie in bytes, and convolutions sum integers.
        #expect(source.contains("static const int8_t t_"))
        #expect(source.contains("int32_t sum"))
        #expect(!source.contains("static void convolution(") && !source.contains("static void linear("))
    }

    @Test func layersKeptInFloatStayFloats() throws {
        let plain = try SampleNetworks.preResNet()
        let sites = QuantizationSites(try plain.graph.optimizedForInference(plain.parameters).graph)
        let model = try SampleNetworks.quantized(plain, keepingInFloat: [sites.layers[1], sites.layers[4]])
        try check(model, steps)
        let source = String(decoding: try C99Export.files(of: model, name: "net", policy: nil)[1].bytes, as: UTF8.self)
        #expect(source.contains("static void convolution(") && source.contains("int32_t sum"))
    }

    @Test func valuesInBytesTakeAFourthOfTheSpace() throws {
        let plain = try SampleNetworks.network(named: "vgg:widths=16,24:blocks=2,2:exits=4")
        let quantized = try SampleNetworks.quantized(plain)
        func floats(_ model: Model) throws -> Int {
            let header = String(decoding: try C99Export.files(of: model, name: "net", policy: nil)[0].bytes, as: UTF8.self)
            let line = try #require(header.split(separator: "\n").first { $0.contains("NET_WORKSPACE ") })
            return try #require(Int(String(line.split(separator: " ")[2])))
        }
        let value = 16 * 13 * 17
        #expect(try floats(plain) >= 2 * value)
        // Most live at once where a head pools: one value as floats and as bytes, the means, and the image.
        #expect(try floats(quantized) <= value + value / 4 + 16 * 6 * 8 + 3 * 13 * 17)
    }

    @Test(arguments: GateScore.allCases) func imagesLeaveWhereTheirScoreSays(score: GateScore) throws {
        let model = try SampleNetworks.preResNet()
        let images = SampleNetworks.images(model, count: 40)
        let logits = try SampleNetworks.logits(model, images)
        func scores(_ exit: Int) -> [Double] {
            (0..<40).map { score.value(of: logits[exit].floats[$0 * 4..<$0 * 4 + 4]) }
        }
        // Halfway between two scores, so that rounding moves none over.
        func middle(_ scores: [Double]) -> Double {
            let sorted = scores.sorted()
            return (sorted[19] + sorted[20]) / 2
        }
        let policy = ExitPolicy(score: score, thresholds: [middle(scores(0)), middle(scores(1))])
        let found = try answers(model, policy: policy, images, thresholds: [[]])[0]
        let expected = (0..<40).map { image in
            1 + ((0..<2).first { policy.leaves(at: $0, score: scores($0)[image]) } ?? 2)
        }
        #expect(found.map(\.exit) == expected)
        #expect(Set(expected).count > 1)
    }

    @Test(arguments: GateScore.allCases) func logitsThatAreNoNumbersAreTheLeastSure(score: GateScore) throws {
        var model = try SampleNetworks.preResNet()
        let policy = ExitPolicy(score: score, thresholds: [1e30, 1e30])
        let images = SampleNetworks.images(model, count: 3)
        for number in [Float.nan, .infinity] {
            model.parameters["exit1_linear_bias"] = Tensor([4], [0, number, 0, 0])
            #expect(try answers(model, policy: policy, images, thresholds: [[]])[0].map(\.exit) == [2, 2, 2])
        }
    }

    /// One operator whose four results are the logits, on pixels of which some are NaN.
    @Test(arguments: ["relu", "clip", "hard sigmoid", "maximum", "maximum of a constant", "maximum of windows"])
    func whatIsNoNumberIsPassedOn(operation: String) throws {
        let isPool = operation == "maximum of windows"
        let image = ImageFormat(channels: 1, height: isPool ? 4 : 2, width: isPool ? 4 : 2)
        let pixels: [Float] =
            isPool
            // In every window NaN stands in another place.
            ? [.nan, 2, 3, .nan, 1, 0, 2, 1, 1, 2, 4, 3, .nan, 0, 1, .nan] : [.nan, -1, 2, .nan]
        var builder = GraphBuilder()
        let x = builder.input(Model.inputName, TensorType([1, 1, image.height, image.width]))
        let result: Value
        switch operation {
        case "relu": result = try builder.apply(.relu, x)
        case "clip": result = try builder.apply(.clip(lower: -0.5, upper: 1), x)
        case "hard sigmoid": result = try builder.apply(.hardSigmoid(slope: 0.5, offset: 0.5), x)
        case "maximum of windows":
            result = try builder.apply(.maxPool(PoolAttributes(kernel: Extent(2), strides: Extent(2))), x)
        default:
            let constant = builder.constant("constant", Tensor([1, 1, 2, 2], [0.5, .nan, 3, .nan] as [Float]))
            let isFirst = operation == "maximum of a constant"
            result = try builder.apply(.maximum, isFirst ? constant : x, isFirst ? x : constant)
        }
        builder.output("logits_exit1", try builder.apply(.reshape(trailing: [4]), result))
        let model = SampleNetworks.model(builder.graph, image: image, classes: ["a", "b", "c", "d"])
        let images = Tensor([2, 1, image.height, image.width], pixels + pixels.map { $0.isNaN ? -2 : $0 })
        let expected = try SampleNetworks.logits(model, images)[0].doubles
        #expect(expected[0].isNaN && expected[3].isNaN && !expected[4].isNaN)
        let found = try answers(model, policy: nil, images, thresholds: [[]])[0].flatMap(\.logits)
        expectClose(found, expected, Tolerance(absolute: 1e-7, relative: 0, reason: "a product and a sum in float32"))
    }

    @Test func theWorkspaceIsReused() throws {
        let model = try SampleNetworks.preResNet()
        let header = String(decoding: try C99Export.files(of: model, name: "net", policy: nil)[0].bytes, as: UTF8.self)
        let line = try #require(header.split(separator: "\n").first { $0.contains("NET_WORKSPACE ") })
        let floats = try #require(Int(String(line.split(separator: " ")[2])))
        let all = model.graph.nodes.reduce(0) { $0 + model.graph.shape(of: $1.outputs[0]).count }
        // The input of a block, its activation and one convolution are the most that live at once.
        #expect(floats <= 4 * 5 * 13 * 17 && floats < all / 3)
    }

    @Test func whatCHasNotIsRefusedAllAtOnce() throws {
        var model = try SampleNetworks.preResNet()
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 4]))
        let total = try builder.apply(.sumOfSquares, image)
        let product = try builder.apply(.matMul(transposeLeft: true, transposeRight: false), image, image)
        builder.output("logits_exit1", try builder.apply(.multiply, product, total))
        model.graph = builder.graph
        let error = #expect(throws: ErdeError.self) { try C99Export.files(of: model, name: "net", policy: nil) }
        #expect(error?.kind == .badData)
        for part in ["sumOfSquares", "matMul"] { #expect(error?.problem.contains(part) == true) }
    }
}
