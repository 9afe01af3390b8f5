import Architectures
import Artifacts
import Diagnostics
import Graphs
import Tensors
import Testing

@Suite struct ArchitectureTests {
    static let grey28 = ImageFormat(channels: 1, height: 28, width: 28)

    static func description(_ text: String) throws -> ArchitectureDescription {
        try ArchitectureDescription(parsing: text)
    }

    static func graph(_ text: String, image: ImageFormat = grey28, classes: Int = 10) throws -> Graph {
        try description(text).buildGraph(
            image: image, classes: classes, mean: [Float](repeating: 0.5, count: image.channels),
            standardDeviation: [Float](repeating: 0.25, count: image.channels))
    }

    @Test func namesGiveDepthAndWidth() throws {
        let thin = try Self.description("preresnet-20x2")
        #expect(thin.widths == [32, 64, 128] && thin.blocks == [3, 3, 3] && thin.stem == 32 && thin.head == .pool2)
        #expect(thin.headDropout == 0.5)
        let wide = try Self.description("wrn-16-4")
        #expect(wide.widths == [64, 128, 256] && wide.blocks == [2, 2, 2] && wide.stem == 16)
        let explicit = try Self.description("preresnet:widths=8,24:blocks=1,2:head=global:stem=4:dropout=0")
        #expect(explicit.widths == [8, 24] && explicit.blocks == [1, 2] && explicit.stem == 4)
        #expect(explicit.head == .global && explicit.headDropout == 0)
    }

    @Test(arguments: [
        "preresnet-20x2", "preresnet-8", "wrn-16-4", "preresnet:widths=8,16:blocks=1,2",
        "preresnet:widths=8,16:blocks=1,2:stem=4:head=global:dropout=0.25", "wrn:widths=16,32,64:blocks=1,2,1:stem=8",
    ])
    func namesParseBack(_ text: String) throws {
        #expect(try Self.description(text).name == text)
    }

    @Test func explicitFormOfANamedNetworkTakesTheShortName() throws {
        #expect(try Self.description("preresnet:widths=32,64,128:blocks=3,3,3:head=pool2").name == "preresnet-20x2")
        #expect(try Self.description("wrn:widths=64,128,256:blocks=2,2,2:stem=16").name == "wrn-16-4")
    }

    @Test(arguments: [
        "", "resnet-18", "preresnet", "preresnet-21x2", "preresnet-20x0", "preresnet-20xx2", "wrn-16", "wrn-15-4",
        "preresnet:widths=8,16", "preresnet:widths=8,16:blocks=1", "preresnet:widths=8,x:blocks=1,1",
        "preresnet:widths=8:blocks=1:colour=red", "preresnet:widths=8:widths=8:blocks=1",
        "preresnet:widths=0:blocks=1", "preresnet:widths=8:blocks=0", "preresnet:widths=8:blocks=1:dropout=1",
        "preresnet:widths=8:blocks=1:head=none", "preresnet-99999999999999999999x1",
    ])
    func wrongNamesAreUsageErrors(_ text: String) {
        #expect {
            _ = try Self.description(text)
        } throws: { error in
            (error as? ErdeError)?.kind == .usage && (error as? ErdeError)?.subject == text
        }
    }

    /// Counts of a PyTorch network of the same layers, made there.
    @Test func countsEqualThoseMadeElsewhere() throws {
        let teacher = try Self.description("preresnet-20x2").cumulativeMACs(image: Self.grey28, classes: 10)
        let student = try Self.description("preresnet-8").cumulativeMACs(image: Self.grey28, classes: 10)
        #expect(teacher[2] == 123_965_056)
        #expect(student == [3_756_928, 6_582_464, 9_398_080])
    }

    @Test(arguments: [
        ("preresnet-20x2", 28, 28), ("preresnet-8", 32, 32), ("wrn-10-1", 31, 29),
        ("preresnet:widths=8,16,24,32:blocks=1,1,2,1:head=poolTo2x2", 13, 9),
        ("preresnet:widths=5,7:blocks=1,1:head=global:stem=3", 7, 11),
        ("preresnet:widths=4,4,4:blocks=1,1,1", 3, 5),
    ])
    func graphHasShapesAndCountsOfItsDescription(_ text: String, _ height: Int, _ width: Int) throws {
        let image = ImageFormat(channels: 3, height: height, width: width)
        let graph = try Self.graph(text, image: image, classes: 7)
        let description = try Self.description(text)
        #expect(graph.inputs.map { graph.type(of: $0.value) } == [TensorType([1, 3, height, width])])
        #expect(graph.outputs.map(\.name) == description.exitBlocks.indices.map { "logits_exit\($0 + 1)" })
        #expect(graph.outputs.allSatisfy { graph.type(of: $0.value) == TensorType([1, 7]) })
        #expect(try graph.cost().cumulativeMACs == description.cumulativeMACs(image: image, classes: 7))
        #expect(try graph.rebatched(5).outputs.allSatisfy { graph.shape(of: $0.value)[1] == 7 })
    }

    @Test func variablesHaveC90Names() throws {
        let graph = try Self.graph("preresnet-8")
        let names = graph.variables.map { graph.name(of: $0.value) }
        for expected in [
            "stem_weight", "stage1_block1_norm1_scale", "stage1_block1_conv1_weight", "stage2_block1_shortcut_weight",
            "exit3_norm_variance", "exit3_linear_weight", "exit3_linear_bias",
        ] {
            #expect(names.contains(expected))
        }
        #expect(!names.contains("stage1_block1_shortcut_weight"))
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
        #expect(graph.values.allSatisfy { $0.name.allSatisfy(allowed.contains) && !($0.name.first?.isNumber ?? true) })
    }

    @Test func parametersStartByNameAndRole() throws {
        let graph = try Self.graph("preresnet-20x2")
        let parameters = initialParameters(for: graph, seed: 3)
        #expect(parameters.tensors.count == graph.variables.count)
        #expect(parameters["exit1_norm_scale"]?.floats.allSatisfy { $0 == 1 } == true)
        #expect(parameters["exit1_norm_bias"]?.floats.allSatisfy { $0 == 0 } == true)
        #expect(parameters["exit1_norm_mean"]?.floats.allSatisfy { $0 == 0 } == true)
        #expect(parameters["exit1_norm_variance"]?.floats.allSatisfy { $0 == 1 } == true)
        let kernel = try #require(parameters["stage3_block2_conv1_weight"])
        #expect(kernel.shape == [128, 128, 3, 3])
        let mean = kernel.floats.reduce(0.0) { $0 + Double($1) } / Double(kernel.shape.count)
        let variance = kernel.floats.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(kernel.shape.count)
        #expect(abs(mean) < 5e-4)
        #expect(abs(variance - 2 / (128 * 9)) < 3e-5)
        let linear = try #require(parameters["exit3_linear_weight"]).floats
        let bound = 1 / Float(128 * 9).squareRoot()
        #expect(linear.allSatisfy { abs($0) <= bound } && linear.contains { abs($0) > 0.98 * bound })
        #expect(initialParameters(for: graph, seed: 3) == parameters)
        #expect(initialParameters(for: graph, seed: 4)["stem_weight"] != parameters["stem_weight"])
        let other = initialParameters(for: try Self.graph("preresnet-32x2"), seed: 3)
        #expect(other["stage3_block2_conv1_weight"] == kernel)
    }
}
