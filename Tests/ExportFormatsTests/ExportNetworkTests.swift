import Artifacts
import Diagnostics
import Execution
import Foundation
import Graphs
import ReferenceEngine
import Tensors
import Testing

/// What formats write: the networks of each shape, run as they are.
@Suite struct ExportNetworkTests {
    private func run(_ network: ExportNetwork, _ tensors: [String: Tensor], batch: Int) throws -> [String: Tensor] {
        let executable = try ReferenceEngine().compile(
            network.graph.rebatched(batch), parameters: network.parameters, options: CompilationOptions())
        let names = network.graph.inputs.map { network.graph.name(of: $0.value) }
        return try executable.run(tensors.filter { names.contains($0.key) })
    }

    @Test(arguments: GateScore.allCases) func stagesGiveLogitsAndScores(score: GateScore) throws {
        let model = try SampleNetworks.preResNet()
        let request = ExportRequest(
            shape: .stages, policy: ExitPolicy(score: score, thresholds: [0.3, 0.4]), budgetMACs: 1e6, modelHash: "abc")
        let networks = try ExportNetwork.networks(of: model, request: request, name: "net", format: "test")
        #expect(networks.map(\.name) == ["stage1", "stage2", "stage3"])
        let images = SampleNetworks.images(model, count: 5)
        let expected = try SampleNetworks.logits(model, images)
        var tensors = [Model.inputName: images]
        for (exit, network) in networks.enumerated() {
            #expect(network.graph.batch == 1)
            let results = try run(network, tensors, batch: 5)
            let logits = try #require(results["logits_exit\(exit + 1)"])
            let scores = try #require(results["score_exit\(exit + 1)"])
            #expect(scores.shape == [5])
            for image in 0..<5 {
                let row = expected[exit].floats[image * 4..<image * 4 + 4]
                let found = logits.floats[image * 4..<image * 4 + 4]
                for (a, b) in zip(row, found) { #expect(abs(a - b) < 1e-4) }
                #expect(abs(Double(scores.floats[image]) - score.value(of: row)) < 1e-4)
            }
            tensors.merge(results) { $1 }
            tensors = tensors.filter { network.liveAfter.contains($0.key) }
        }
        #expect(tensors.isEmpty)
    }

    @Test func theContractSaysHowToRunThem() throws {
        let model = try SampleNetworks.preResNet()
        let request = ExportRequest(
            shape: .stages, policy: ExitPolicy(thresholds: [0.3, 0.4]), budgetMACs: 1e6, modelHash: "abc")
        let networks = try ExportNetwork.networks(of: model, request: request, name: "net", format: "test")
        let contract = StageContract(of: model, request: request, networks: networks, file: { "\($0.name).bin" })
        let json = try #require(try JSONSerialization.jsonObject(with: Data(contract.file().bytes)) as? [String: Any])
        let stages = try #require(json["stages"] as? [[String: Any]])
        #expect(stages.map { $0["file"] as? String } == ["stage1.bin", "stage2.bin", "stage3.bin"])
        #expect(stages.map { $0["threshold"] as? Double } == [0.3, 0.4, nil])
        let port = try #require((stages[0]["inputs"] as? [[String: Any]])?.first)
        #expect(port["name"] as? String == "image")
        #expect((port["shape"] as? [Any])?.dropFirst().compactMap { $0 as? Int } == [3, 13, 17])
        // What a stage reads is what an earlier one gave and the host was told to keep.
        var kept: Set<String> = ["image"]
        for stage in stages {
            let names = try #require(stage["inputs"] as? [[String: Any]]).compactMap { $0["name"] as? String }
            #expect(kept.isSuperset(of: names))
            let carried = try #require(stage["carries"] as? [[String: Any]]).compactMap { $0["name"] as? String }
            kept = Set(try #require(stage["keep"] as? [String])).intersection(kept.union(carried))
        }
    }

    @Test func aCutIsAWholeModelOfOneExit() throws {
        let model = try SampleNetworks.preResNet()
        let request = ExportRequest(shape: .cut(exit: 1), modelHash: "abc")
        let networks = try ExportNetwork.networks(of: model, request: request, name: "net", format: "test")
        #expect(networks.map(\.name) == ["net"])
        let images = SampleNetworks.images(model, count: 2)
        let found = try #require(try run(networks[0], [Model.inputName: images], batch: 2)["logits_exit1"])
        for (a, b) in zip(found.floats, try SampleNetworks.logits(model, images)[1].floats) { #expect(abs(a - b) < 1e-4) }
    }

    @Test func whatTheModelHasNotIsRefused() throws {
        let model = try SampleNetworks.preResNet()
        func networks(_ shape: ExportShape, _ policy: ExitPolicy? = nil) throws(ErdeError) -> [ExportNetwork] {
            try ExportNetwork.networks(
                of: model, request: ExportRequest(shape: shape, policy: policy, modelHash: "abc"), name: "net", format: "test")
        }
        #expect(throws: ErdeError.self) { try networks(.cut(exit: 3)) }
        #expect(throws: ErdeError.self) { try networks(.dynamic(takesThresholds: false)) }
        #expect(throws: ErdeError.self) { try networks(.stages, ExitPolicy(thresholds: [0.5])) }
    }
}
