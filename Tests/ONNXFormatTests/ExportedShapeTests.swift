import Artifacts
import Diagnostics
import Execution
import Graphs
import ONNXFormat
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// Models in the shapes that other runtimes load. What these compute there is checked in Tests/Interop.
@Suite struct ExportedShapeTests {
    private static let policy = ExitPolicy(thresholds: [0.4, 0.7])

    private func options(
        _ shape: ExportShape, opset: Int64 = 17, policy: ExitPolicy? = ExportedShapeTests.policy
    ) -> ONNXExportOptions {
        ONNXExportOptions(
            ExportRequest(shape: shape, policy: policy, budgetMACs: 1e6, modelHash: "abc"), operatorSet: opset)
    }

    private func files(
        _ model: Model, _ shape: ExportShape, opset: Int64 = 17, policy: ExitPolicy? = ExportedShapeTests.policy
    ) throws -> [FileContent] {
        try ONNXExport.files(of: model, name: "model.onnx", options: options(shape, opset: opset, policy: policy))
    }

    /// The logits of all exits for three images, on the reference engine.
    private func logits(_ model: Model) throws -> [String: Tensor] {
        let graph = try model.graph.rebatched(3)
        var random = RandomTensors(seed: 3)
        let images = random.uniform(graph.shape(of: graph.inputs[0].value), in: 0...1)
        let executable = try ReferenceEngine().compile(graph, parameters: model.parameters, options: .init())
        return try executable.run([Model.inputName: images])
    }

    private let rounding = Tolerance(absolute: 1e-5, relative: 1e-5, reason: "weights folded in float32")

    // MARK: Complete models

    @Test func allExitsComputeTheSame() throws {
        let model = try SampleModels.preResNet()
        let file = try files(model, .all)[0]
        #expect(file.name == "model.onnx")
        let read = try ONNXReader.model(from: file.bytes, name: "model.onnx")
        #expect(read.metadata == model.metadata)
        let folded = read.graph.nodes.count { $0.op.name == "batchNormalization" }
        #expect(folded < model.graph.nodes.count { $0.op.name == "batchNormalization" })
        #expect(!read.graph.nodes.contains { $0.op.name == "dropout" })
        let (found, expected) = (try logits(read), try logits(model))
        #expect(found.count == 3)
        for (name, tensor) in expected { expectClose(try #require(found[name]), tensor, rounding, name) }
    }

    @Test(arguments: 0..<3) func aCutIsAModelOfOneExit(exit: Int) throws {
        let model = try SampleModels.preResNet()
        let read = try ONNXReader.model(from: try files(model, .cut(exit: exit))[0].bytes, name: "model.onnx")
        #expect(read.exitCount == 1)
        #expect(read.metadata.operatingPoints.isEmpty)
        let cost = try #require(read.metadata.cumulativeMACs.first)
        #expect(exit == 0 ? cost == model.metadata.cumulativeMACs[0] : cost < model.metadata.cumulativeMACs[exit])
        let names = read.graph.variables.map { read.graph.name(of: $0.value) }
        #expect(names.filter { $0.contains("linear_weight") } == ["exit\(exit + 1)_linear_weight"])
        let expected = try #require(try logits(model)["logits_exit\(exit + 1)"])
        expectClose(try #require(try logits(read)["logits_exit1"]), expected, rounding)
    }

    @Test func aCutKeepsTheLogitsThatItsExitReads() throws {
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 3, 1, 1]))
        let row = try builder.apply(.reshape(trailing: [3]), image)
        let first = try builder.apply(
            .linear, row, builder.variable("first", [4, 3], role: .weight), name: "logits_exit1")
        builder.output("logits_exit1", first)
        let own = try builder.apply(.linear, row, builder.variable("second", [4, 3], role: .weight), name: "own")
        builder.output("logits_exit2", try builder.apply(.add, own, first, name: "logits_exit2"))
        let graph = builder.graph
        let metadata = ModelMetadata(
            role: .student, classNames: ["a", "b", "c", "d"], image: ImageFormat(channels: 3, height: 1, width: 1),
            cumulativeMACs: [12, 24], provenance: Provenance(version: erdeVersion))
        let model = Model(graph: graph, parameters: SampleModels.contents(of: graph), metadata: metadata)
        let read = try ONNXReader.model(from: try files(model, .cut(exit: 1))[0].bytes, name: "model.onnx")
        #expect(read.metadata.cumulativeMACs == [24])
        let expected = try #require(try logits(model)["logits_exit2"])
        expectClose(try #require(try logits(read)["logits_exit1"]), expected, rounding)
    }

    // MARK: Dynamic exits

    private func graph(_ file: FileContent) -> WireMessage { WireMessage(file.bytes).messages(7)[0] }

    private func types(_ graph: WireMessage) -> [String] { graph.messages(1).flatMap { $0.texts(4) } }

    /// The branch of a graph's only `If`; nil when there is none.
    private func branch(_ graph: WireMessage, _ name: String) -> WireMessage? {
        let nodes = graph.messages(1).filter { $0.texts(4) == ["If"] }
        guard nodes.count == 1 else { return nil }
        return nodes[0].messages(5).first { $0.texts(1) == [name] && $0.integers(20) == [5] }?.messages(6).first
    }

    @Test func branchesNestOnePerExit() throws {
        let top = graph(try files(try SampleModels.preResNet(), .dynamic(takesThresholds: false))[0])
        let first = try #require(branch(top, "then_branch"))
        let second = try #require(branch(first, "then_branch"))
        #expect(branch(second, "then_branch") == nil)
        #expect(types(try #require(branch(top, "else_branch"))) == ["Identity", "Identity"])
        for level in [first, second] {
            let operators = types(level)
            #expect(operators.first == "Gather")
            #expect(operators.suffix(3) == ["Unsqueeze", "ScatterND", "ScatterND"])
        }
        let gate = ["LogSoftmax", "Exp", "Mul", "ReduceSum", "Neg", "Relu", "Less", "Not", "NonZero", "Squeeze"]
        for level in [top, first] {
            let operators = types(level)
            let start = try #require(operators.firstIndex(of: "LogSoftmax"))
            #expect(Array(operators[start...].prefix(gate.count)) == gate)
        }
        #expect(top.messages(12).map { $0.texts(1)[0] } == ["logits", "probability", "exit", "macs"])
        #expect(top.messages(11).map { $0.texts(1)[0] } == ["image"])
    }

    /// All initializers of a graph and its branches.
    private func initializers(_ graph: WireMessage) -> [WireMessage] {
        graph.messages(5) + (branch(graph, "then_branch").map(initializers) ?? [])
    }

    @Test func everyWeightIsWrittenOnceAndEveryNameIsNew() throws {
        let model = try SampleModels.preResNet()
        let top = graph(try files(model, .dynamic(takesThresholds: false))[0])
        let names = initializers(top).map { $0.texts(8)[0] }
        #expect(Set(names).count == names.count)
        for name in ["stem_weight", "exit1_linear_weight", "stage3_block1_conv2_weight"] { #expect(names.contains(name)) }
        var results: [String] = []
        var pending: [WireMessage?] = [top]
        while let next = pending.popLast() {
            guard let next else { continue }
            results += next.messages(1).flatMap { $0.texts(2) }
            pending += [branch(next, "then_branch"), branch(next, "else_branch")]
        }
        #expect(Set(results).count == results.count)
        #expect(Set(results).isDisjoint(with: names))
    }

    @Test func thresholdsAreConstantsOrAnInput() throws {
        let model = try SampleModels.preResNet()
        let fixed = initializers(graph(try files(model, .dynamic(takesThresholds: false))[0]))
        let found = fixed.filter { $0.texts(8)[0].hasSuffix("_threshold") }.map { tensor in
            tensor.fields.compactMap { field -> Float? in
                guard field.number == 9, case .bytes(let raw) = field.content else { return nil }
                return raw.withUnsafeBytes { $0.loadUnaligned(as: Float.self) }
            }
        }
        #expect(found == [[0.4], [0.7]])
        let open = graph(try files(model, .dynamic(takesThresholds: true))[0])
        #expect(open.messages(11).map { $0.texts(1)[0] } == ["image", "theta"])
        let shape = open.messages(11)[1].messages(2)[0].messages(1)[0].messages(2)[0].messages(1)
        #expect(shape.map { $0.integers(1) } == [[2]])
    }

    @Test(arguments: GateScore.allCases) func everyScoreEndsInOneNumberPerImage(score: GateScore) throws {
        let policy = ExitPolicy(score: score, thresholds: [0.1, 0.1])
        let operators = types(graph(try files(try SampleModels.preResNet(), .dynamic(takesThresholds: false), policy: policy)[0]))
        let end = try #require(operators.firstIndex(of: "Less"))
        switch score {
        case .entropy: #expect(operators[end - 1] == "Relu")
        case .normalizedEntropy: #expect(operators[(end - 2)..<end] == ["Relu", "Mul"])
        case .oneMinusMaximum: #expect(operators[(end - 2)..<end] == ["ReduceMax", "Sub"])
        }
    }

    @Test func namesOfTheFileItselfAreFree() throws {
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 3]))
        let hidden = try builder.apply(
            .linear, image, builder.variable("exit", [5, 3], role: .weight), name: "logits")
        for exit in 0..<2 {
            let weight = builder.variable("axis_\(exit)", [4, 5], role: .weight)
            builder.output("logits_exit\(exit + 1)", try builder.apply(.linear, hidden, weight, name: "probability"))
        }
        let graph = builder.graph
        let metadata = ModelMetadata(
            role: .student, classNames: ["a", "b", "c", "d"], image: ImageFormat(channels: 3, height: 1, width: 1),
            cumulativeMACs: [35, 55], provenance: Provenance(version: erdeVersion))
        let model = Model(graph: graph, parameters: SampleModels.contents(of: graph), metadata: metadata)
        let top = self.graph(
            try files(model, .dynamic(takesThresholds: true), policy: ExitPolicy(thresholds: [0.5]))[0])
        #expect(top.messages(12).map { $0.texts(1)[0] } == ["logits", "probability", "exit", "macs"])
        let results = top.messages(1).flatMap { $0.texts(2) } + top.messages(5).flatMap { $0.texts(8) }
        #expect(Set(results).count == results.count)
    }

    // MARK: Operator sets

    @Test(arguments: [(17, 8), (18, 8), (19, 9), (20, 9), (21, 10)] as [(Int64, Int64)])
    func reductionsTakeTheirAxesAsTheOperatorSetWants(opset: Int64, ir: Int64) throws {
        let policy = ExitPolicy(score: .oneMinusMaximum, thresholds: [0.1, 0.1])
        let file = try files(try SampleModels.preResNet(), .dynamic(takesThresholds: false), opset: opset, policy: policy)[0]
        let model = WireMessage(file.bytes)
        #expect(model.integers(1) == [ir])
        #expect(model.messages(8).map { $0.integers(2) } == [[opset]])
        let inner = try #require(branch(model.messages(7)[0], "then_branch"))
        let reduction = try #require(inner.messages(1).first { $0.texts(4) == ["ReduceMax"] })
        let attributes = reduction.messages(5).flatMap { $0.texts(1) }
        #expect(attributes == (opset >= 18 ? ["keepdims"] : ["axes", "keepdims"]))
        #expect(reduction.texts(1).count == (opset >= 18 ? 2 : 1))
        if opset >= 18 { #expect(inner.messages(5).contains { $0.texts(8) == [reduction.texts(1)[1]] }) }
    }

    // MARK: Stages

    @Test func stagesFitTogether() throws {
        let model = try SampleModels.preResNet()
        let files = try files(model, .stages)
        #expect(files.map(\.name) == ["stages.json", "stage1.onnx", "stage2.onnx", "stage3.onnx"])
        var known: Set<String> = ["image"]
        for (index, file) in files.dropFirst().enumerated() {
            let graph = graph(file)
            let inputs = graph.messages(11).map { $0.texts(1)[0] }
            let outputs = graph.messages(12).map { $0.texts(1)[0] }
            #expect(known.isSuperset(of: inputs))
            #expect(outputs.prefix(2) == ["logits_exit\(index + 1)", "score_exit\(index + 1)"])
            known.formUnion(outputs)
        }
        let contract = String(decoding: files[0].bytes, as: UTF8.self)
        for part in [#""format" : "erde.stages""#, #""threshold" : 0.4"#, #""threshold" : 0.7"#, "nats", #""N""#] {
            #expect(contract.contains(part), "\(part) in \(contract)")
        }
    }

    // MARK: Refusals

    @Test func whatAModelHasNotIsRefused() throws {
        let model = try SampleModels.preResNet()
        let exit = #expect(throws: ErdeError.self) { try files(model, .cut(exit: 3)) }
        #expect(exit?.kind == .usage && exit?.problem.contains("1 to 3") == true)
        let thresholds = #expect(throws: ErdeError.self) { try files(model, .dynamic(takesThresholds: false), policy: nil) }
        #expect(thresholds?.kind == .usage && thresholds?.problem.contains("2 thresholds") == true)
        let single = try ONNXReader.model(from: try files(model, .cut(exit: 2))[0].bytes, name: "cut")
        let early = #expect(throws: ErdeError.self) { try files(single, .dynamic(takesThresholds: false)) }
        #expect(early?.kind == .usage && early?.problem.contains("one exit") == true)
    }

    @Test func aDynamicFileIsNoModel() throws {
        let file = try files(try SampleModels.preResNet(), .dynamic(takesThresholds: false))[0]
        let error = #expect(throws: ErdeError.self) { try ONNXReader.model(from: file.bytes, name: "dynamic.onnx") }
        #expect(error?.kind == .badData && error?.problem.contains("dynamic") == true)
    }
}
