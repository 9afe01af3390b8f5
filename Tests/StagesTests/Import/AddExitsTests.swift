import Architectures
import Artifacts
import Diagnostics
import Graphs
import Import
import Tensors
import Testing
import Training

/// Exits for a network that came with none but its last.
@Suite struct AddExitsTests {
    private typealias Fixture = TrainingStagesTests

    /// Two residual blocks and one exit, as a file from elsewhere would give it.
    private static func imported() throws -> Model {
        try ArchitectureDescription(parsing: "preresnet:widths=4,8:blocks=1,1:exits=1").initialModel(
            role: .teacher, for: Fixture.dataset.description, seed: 3)
    }

    private static let addition = ExitAddition(places: .count(1), head: .poolTo2x2, dropout: 0.2)

    @Test func boundariesCarryEverything() throws {
        let graph = try Self.imported().graph
        let boundaries = graph.blockBoundaries()
        #expect(!boundaries.isEmpty)
        // What comes behind a boundary needs nothing from before it.
        for boundary in boundaries {
            let behind = graph.nodesNeeded(for: [graph.outputs[0].value], given: [boundary.value])
            let results = Set(behind.flatMap { graph.nodes[$0].outputs })
            let computed = behind.flatMap { graph.nodes[$0].inputs }.filter { value in
                if case .node = graph.origin(of: value) { return true }
                return false
            }
            #expect(Set(computed).subtracting(results) == [boundary.value], "\(boundary.name)")
            #expect(!Set(behind.flatMap { graph.nodes[$0].inputs }).contains(graph.inputs[0].value), "\(boundary.name)")
            let before = graph.nodesNeeded(for: [boundary.value])
            #expect(boundary.macs == before.reduce(0) { $0 + graph.cost().nodeMACs[$1] })
        }
        #expect(zip(boundaries, boundaries.dropFirst()).allSatisfy { $0.macs <= $1.macs })
        // Inside a residual block there is none: two values are read later.
        #expect(boundaries.count < graph.nodes.count / 2)
    }

    @Test func theExitStandsNearItsShare() throws {
        let imported = try Self.imported()
        let (model, places) = try addExits(to: imported, Self.addition, seed: 5)
        try GraphVerifier.verify(model.graph)
        #expect(model.graph.outputs.map(\.name) == ["logits_exit1", "logits_exit2"])
        #expect(model.metadata.cumulativeMACs.count == 2)
        #expect(places.count == 1 && places[0].macs < imported.metadata.cumulativeMACs[0])
        #expect(model.metadata.cumulativeMACs[0] > places[0].macs)
        for (name, tensor) in imported.parameters.tensors { #expect(model.parameters[name] == tensor, "\(name)") }
        // The last exit is what it was.
        let shape = model.graph.shape(of: model.graph.outputs[1].value)
        #expect(shape == [1, 2])
    }

    /// Convolutions one behind the other, `conv0`, `conv1` …, of so many channels each.
    private static func chain(_ channels: [Int]) throws -> Graph {
        var builder = GraphBuilder()
        var x = builder.input(Model.inputName, TensorType([1, 1, 8, 8]))
        for (place, count) in channels.enumerated() {
            let weight = builder.variable("weight\(place)", [count, builder.shape(of: x)[1], 3, 3], role: .weight)
            x = try builder.apply(.convolution(ConvolutionAttributes(padding: Padding(1))), x, weight, name: "conv\(place)")
        }
        let features = builder.shape(of: x)[1]
        let pooled = try builder.apply(.globalAveragePool, x)
        let rows = try builder.apply(.reshape(trailing: [features]), pooled)
        let weight = builder.variable("weight", [2, features], role: .weight)
        builder.output("logits_exit1", try builder.apply(.linear, rows, weight))
        return builder.graph
    }

    /// Behind 8, 38 and 99.9 % of the multiply-adds: the last place saves nothing, and the others do for two exits.
    @Test func placesThatSaveNothingAreTakenLast() throws {
        let graph = try Self.chain([2, 4, 4])
        #expect(graph.exitPlaces().map(\.name) == ["conv0", "conv1", "conv2"])
        let expected: [Int: [String]] = [1: ["conv1"], 2: ["conv0", "conv1"], 3: ["conv0", "conv1", "conv2"], 4: []]
        for (count, names) in expected { #expect(graph.boundaries(forExits: count).map(\.name) == names, "\(count) exits") }
    }

    @Test func tooManyExitsNameHowManyPlacesThereAre() throws {
        var model = try Self.imported()
        model.graph = try Self.chain([2, 4, 4])
        var addition = Self.addition
        addition.places = .count(4)
        let error = #expect(throws: ErdeError.self) { try addExits(to: model, addition, seed: 1) }
        #expect(error?.problem.contains("only 3 places") == true && error?.remedy == "ask for at most 3", "\(error as Any)")
        model.graph = try Self.chain([])
        let bare = #expect(throws: ErdeError.self) { try addExits(to: model, addition, seed: 1) }
        #expect(bare?.problem.contains("no place") == true && bare?.remedy == "leave the option out", "\(bare as Any)")
    }

    @Test(arguments: [[2, 9, 3, 1, 5, 2, 2, 4], [12, 1, 1, 1, 8, 8], [1, 1, 1, 1, 1, 1]]) func noOtherPlacesAreNearer(
        _ channels: [Int]
    ) throws {
        let graph = try Self.chain(channels)
        let total = Double(try #require(graph.cost().cumulativeMACs.last))
        let costs = graph.exitPlaces().map { Double($0.macs) }.filter { $0 <= 0.95 * total }
        #expect(costs.count >= 4)
        for count in 1...4 {
            func distance(_ costs: [Double]) -> Double {
                costs.enumerated().reduce(0) { sum, exit in
                    let difference = exit.element / total - Double(exit.offset + 1) / Double(count + 1)
                    return sum + difference * difference
                }
            }
            let subsets = (0..<1 << costs.count).filter { $0.nonzeroBitCount == count }.map { subset in
                costs.indices.filter { subset >> $0 & 1 == 1 }.map { costs[$0] }
            }
            let least = try #require(subsets.map(distance).min())
            let chosen = graph.boundaries(forExits: count).map { Double($0.macs) }
            #expect(chosen.count == count && zip(chosen, chosen.dropFirst()).allSatisfy(<))
            #expect(distance(chosen) <= least + 1e-9, "\(count) exits at \(chosen)")
        }
    }

    @Test func placesAreFoundByNameOrRefused() throws {
        let imported = try Self.imported()
        let known = imported.graph.blockBoundaries().map(\.name)
        var addition = Self.addition
        addition.places = .names([known[known.count / 2]])
        #expect(try addExits(to: imported, addition, seed: 1).places.map(\.name) == [known[known.count / 2]])
        for places in [ExitPlaces.names(["nowhere"]), .count(60)] {
            addition.places = places
            let error = #expect(throws: ErdeError.self) { try addExits(to: imported, addition, seed: 1) }
            #expect(error?.kind == .usage)
        }
        let (model, _) = try addExits(to: imported, Self.addition, seed: 1)
        #expect(throws: ErdeError.self) { try addExits(to: model, Self.addition, seed: 1) }
    }

    @Test(arguments: [LearningPart.newExits, .all]) func onlyWhatIsMeantToLearns(part: LearningPart) throws {
        let imported = try Self.imported()
        let (model, _) = try addExits(to: imported, Self.addition, seed: 5)
        var recipe = Fixture.recipe
        recipe.epochs = 2
        recipe.peakLearningRate = 0.02
        let trained = try trainExits(
            of: model, imported: imported, learning: part, on: Fixture.dataset, datasetPath: "/data/made.erds",
            recipe: recipe, loss: Fixture.loss(.ce), run: Fixture.run())
        #expect(trained.graph.variables == model.graph.variables)
        var (kept, changed) = (0, 0)
        for (name, tensor) in model.parameters.tensors {
            let isSame = trained.parameters[name] == tensor
            let isOwn = imported.parameters[name] != nil
            if isSame { kept += 1 } else { changed += 1 }
            if part == .newExits { #expect(isSame == isOwn, "\(name)") }
        }
        #expect(changed > 0 && (part == .all || kept == imported.parameters.tensors.count))
        #expect(trained.metadata.provenance.datasetFingerprint == "f00d")
        #expect(trained.metadata.provenance.trainingErrorPerExit?.count == 2)
    }

    @Test func fineTuningNeedsNormalisation() throws {
        var imported = try Self.imported()
        var builder = GraphBuilder()
        let x = builder.input(Model.inputName, TensorType([1, 1, 4, 4]))
        let rows = try builder.apply(.reshape(trailing: [16]), x)
        builder.output(
            "logits_exit1", try builder.apply(.linear, rows, builder.variable("weight", [2, 16], role: .weight)))
        imported.graph = builder.graph
        imported.parameters = Parameters(["weight": Tensor(repeating: 0, [2, 16])])
        let error = #expect(throws: ErdeError.self) {
            try trainExits(
                of: imported, imported: imported, learning: .all, on: Fixture.dataset, datasetPath: nil,
                recipe: Fixture.recipe, loss: Fixture.loss(.ce), run: Fixture.run())
        }
        #expect(error?.subject == "--fine-tune")
    }
}
