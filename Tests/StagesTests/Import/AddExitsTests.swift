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
