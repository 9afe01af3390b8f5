import Artifacts
import Diagnostics
import Graphs
import ONNXFormat
import Tensors
import Testing

/// Single operators of others' files where a shorter form would give other numbers.
@Suite struct ForeignOperatorTests {
    private static func padded(by border: Float) -> ForeignFile {
        var file = ForeignFile(image: [1, 2, 2])
        file.integers("sides", [0, 0, 0, 0, 0, 0, 1, 1])
        file.floats("border", [], [border])
        file.node("Pad", ["x", "sides", "border"], "padded")
        return file
    }

    @Test(arguments: [0.5, -1e4, 1e8, 1e30, -.greatestFiniteMagnitude, -.infinity] as [Float])
    func aBorderMovesNoPixel(border: Float) throws {
        let found = try Self.padded(by: border).run([-1.25, -2, -3, -4.5], logits: "padded")
        let edge = Double(max(border, -.greatestFiniteMagnitude))
        #expect(found == [-1.25, -2, edge, -3, -4.5, edge, edge, edge, edge])
    }

    @Test(arguments: [0.5, -1e4, -.greatestFiniteMagnitude, -.infinity] as [Float])
    func aMaximumReadsTheBorder(border: Float) throws {
        var file = Self.padded(by: border)
        file.node("MaxPool", ["padded"], "pooled", ["kernel_shape": .integers([2, 2])])
        let pixels: [Float] = [-1.25, -2, -3, -4.5]
        let expected = [-1.25] + pixels.dropFirst().map { Double(max($0, border)) }
        #expect(try file.run(pixels, logits: "pooled") == expected)
        let kinds = try file.model(logits: "pooled").graph.nodes.map(\.op.name)
        #expect((kinds == ["maxPool", "reshape"]) == (border < -3e38), "\(kinds)")
    }

    @Test(arguments: [Float.infinity, .nan]) func aBorderThatIsNoNumberIsRefused(border: Float) {
        let error = #expect(throws: ErdeError.self) { try Self.padded(by: border).model(logits: "padded") }
        #expect(error?.kind == .badData && error?.problem.contains("Pad padded") == true)
    }

    @Test(arguments: [nil, "", "NOTSET"]) func whatHangsOverTheEdgeIsNotCounted(padding: String?) throws {
        var file = ForeignFile(image: [1, 3, 3])
        var attributes: [String: ForeignFile.Attribute] = [
            "kernel_shape": .integers([2, 2]), "strides": .integers([2, 2]), "ceil_mode": .integer(1),
            "count_include_pad": .integer(1),
        ]
        if let padding { attributes["auto_pad"] = .text(padding) }
        file.node("AveragePool", ["x"], "pooled", attributes)
        #expect(try file.run([Float](repeating: 1, count: 9), logits: "pooled") == [1, 1, 1, 1])
    }

    @Test(arguments: ["MaxPool", "AveragePool"]) func windowsOfPaddingAloneAreRefused(type: String) {
        var file = ForeignFile(image: [1, 4, 4])
        file.node(type, ["x"], "pooled", ["kernel_shape": .integers([2, 2]), "pads": .integers([2, 2, 2, 2])])
        let error = #expect(throws: ErdeError.self) { try file.model(logits: "pooled") }
        #expect(error?.problem.contains("expected less than the window's 2x2") == true)
    }

    @Test(arguments: [[], [1], [3, 1, 1]] as [[Int64]]) func aMinimumTakesConstantsOfFewerAxes(shape: [Int64]) throws {
        for operands in [["x", "six"], ["six", "x"]] {
            var file = ForeignFile(image: [3, 1, 2])
            file.floats("six", shape, [Float](repeating: 6, count: Int(shape.reduce(1, *))))
            file.node("Min", operands, "least")
            #expect(try file.run([5, 7, 6, -8, 9, 0], logits: "least") == [5, 6, 6, -8, 6, 0])
        }
    }

    @Test(arguments: ["LeakyRelu", "PRelu", "Elu", "Selu"]) func infinitePixelsStayInfinite(type: String) throws {
        var file = ForeignFile(image: [1, 1, 2])
        file.floats("slope", [1], [0.25])
        file.node(type, type == "PRelu" ? ["x", "slope"] : ["x"], "bent")
        let found = try file.run([.infinity, -1], logits: "bent")
        #expect(found[0] == .infinity && found[1] < 0 && found[1] > -2, "\(found)")
    }

    /// The elements of the constant `row`, which nodes compute: it is added to an image of zeros.
    private func row(of count: Int, _ describe: (inout ForeignFile) -> Void) throws -> [Double] {
        var file = ForeignFile(image: [1, 1, count])
        describe(&file)
        file.node("Cast", ["row"], "floats", ["to": .integer(1)])
        file.node("Add", ["x", "floats"], "sum")
        return try file.run([Float](repeating: 0, count: count), logits: "sum")
    }

    @Test(arguments: ["Max", "Min"]) func whatIsNoNumberStaysNone(type: String) throws {
        for operands in [["numbers", "missing"], ["missing", "numbers"]] {
            let found = try row(of: 2) { file in
                file.floats("numbers", [2], [1, 2])
                file.floats("missing", [2], [.nan, 2])
                file.node(type, operands, "row")
            }
            #expect(found[0].isNaN && found[1] == 2, "\(found)")
            var file = ForeignFile(image: [1, 1, 2])
            file.floats("missing", [2], [.nan, 2])
            file.node(type, operands.map { $0 == "numbers" ? "x" : $0 }, "chosen")
            let computed = try file.run([1, 2], logits: "chosen")
            #expect(computed[0].isNaN && computed[1] == 2, "\(computed)")
        }
        let reduced = try row(of: 2) { file in
            file.floats("numbers", [3], [1, .nan, 2])
            file.node("Reduce\(type)", ["numbers"], "row")
        }
        #expect(reduced.count { $0.isNaN } == 2)
    }

    @Test(arguments: [(0, [1, -1, 1, 0]), (1, [-2, 2, -3, 0])] as [(Int64, [Double])])
    func aRemainderHasTheSignThatIsAskedFor(truncates: Int64, expected: [Double]) throws {
        let found = try row(of: 4) { file in
            file.integers("left", [-5, 5, -7, .min])
            file.integers("right", [3, -3, 4, -1])
            file.node("Mod", ["left", "right"], "row", ["fmod": .integer(truncates)])
        }
        #expect(found == expected)
    }

    @Test(
        arguments: [
            (2, [144, 44, 200]), (3, [-112, 44, -56]), (4, [400, 300, 200]), (6, [400, 300, 200]), (7, [400, 300, 200]),
        ] as [(Int64, [Double])])
    func integersWrapAroundWithinTheirType(type: Int64, expected: [Double]) throws {
        let found = try row(of: 3) { file in
            file.integers("left", [200, 100, 50], type: type)
            file.integers("right", [2, 3, 4], type: type)
            file.node("Mul", ["left", "right"], "row")
        }
        #expect(found == expected)
    }

    @Test func integersKeepTheirTypeWhenTheyAreMoved() throws {
        let found = try row(of: 2) { file in
            file.integers("first", [200, 7], type: 2)
            file.integers("second", [100], type: 2)
            file.integers("start", [0])
            file.integers("end", [1])
            file.node("Slice", ["first", "start", "end"], "part")
            file.node("Concat", ["part", "second"], "joined", ["axis": .integer(0)])
            file.node("Mul", ["joined", "joined"], "row")
        }
        #expect(found == [64, 16])
        let sum = try row(of: 2) { file in
            file.integers("bytes", [200, 100], type: 2)
            file.node("ReduceSum", ["bytes"], "row")
        }
        #expect(sum == [44, 44])
    }

    @Test(
        arguments: [
            (2, [44, 255, 0]), (3, [44, -1, 0]), (6, [300, -1, -2_147_483_136]), (7, [300, -1, 2_147_484_160]), (9, [1, 1, 1]),
        ] as [(Int64, [Double])])
    func castsToNarrowerIntegersWrapAround(type: Int64, expected: [Double]) throws {
        let integers = try row(of: 3) { file in
            file.integers("wide", [300, -1, 2_147_484_160])
            file.node("Cast", ["wide"], "row", ["to": .integer(type)])
        }
        #expect(integers == expected)
        let floats = try row(of: 3) { file in
            file.floats("fractions", [3], [300.7, -1.5, 2_147_484_160])
            file.node("Cast", ["fractions"], "row", ["to": .integer(type)])
        }
        #expect(floats == expected)
    }

    @Test func integersThatErdeCannotHoldAreRefused() {
        let error = #expect(throws: ErdeError.self) {
            try row(of: 2) { file in
                file.integers("left", [3], type: 13)
                file.integers("right", [5], type: 13)
                file.node("Sub", ["left", "right"], "row")
            }
        }
        #expect(error?.kind == .badData && error?.problem.contains("Sub row: gives an integer of 2^63 or more") == true)
    }

    @Test func aLayerThatIsReadTwiceIsComputedOnce() throws {
        var file = ForeignFile(image: [1, 1, 2])
        file.floats("weight", [2, 1, 1, 1], [1, 2])
        file.floats("shift", [2, 1, 1], [3, -5])
        file.node("Conv", ["x", "weight"], "layer")
        file.node("Add", ["layer", "shift"], "biased")
        #expect(try file.model(logits: "biased").graph.nodes.map(\.inputs.count) == [3, 1])
        file.node("Relu", ["layer"], "positive")
        file.node("Add", ["biased", "positive"], "sum")
        #expect(try file.model(logits: "sum").graph.nodes.filter { $0.op.name == "convolution" }.count == 1)
        #expect(try file.run([1, -1], logits: "sum") == [5, 2, -1, -7])
    }

    @Test func namesOfOutputsAreLeftToThem() throws {
        var file = ForeignFile(image: [1, 1, 2])
        file.floats("logits_exit2", [1], [2])
        file.node("Mul", ["x", "logits_exit2"], "logits_exit1")
        let model = try file.model(logits: "logits_exit1")
        #expect(Set(model.graph.exportedNames).count == model.graph.values.count)
        #expect(model.graph.values.allSatisfy { !$0.name.hasPrefix("logits_exit") })
        _ = try ONNXWriter.bytes(of: model)
    }
}
