import Architectures
import ArgumentParser
import Artifacts
import Diagnostics
import Emit
import Graphs
import Import
import ONNXFormat
import Training

/// `erde import model.onnx -o teacher.pb`
struct ImportCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Makes a teacher of an ONNX classifier trained elsewhere.",
        discussion: """
            The file becomes a model of erde's with the same weights: evaluated, exported and compressed like any other. \
            Whatever in it erde does not know is named, all of it at once. With --add-exits the network gets early exits, \
            trained on images while everything else stays as it is.

              erde import resnet18.onnx --classes imagenet.txt --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225
              erde import flowers.onnx --no-normalisation --data flowers.erds --add-exits 2
              erde compress teacher.pb --target-macs 20M --student auto:mobilenetv2
            """)

    @Argument(help: "An ONNX file, operator sets 7 to 28.")
    var file: String

    @Option(
        name: .shortAndLong, help: "The model file to write; \(ImportCommand.usualOutput) by default, where there is none.")
    var output: String?

    @Option(help: "A dataset file with the classifier's classes and its size of images; new exits are trained on it.")
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Early exits to add: how many, spread evenly over the MACs, or the names of the values behind which they stand.",
            valueName: "n|names"))
    var addExits: ExitPlaces?

    @Option(
        help: ArgumentHelp(
            "What the new exits do to their features: "
                + ArchitectureDescription.Head.allCases.map(\.rawValue).joined(separator: ", ")
                + ". (default: \(defaultHead.rawValue))", valueName: "head"))
    var head: ArchitectureDescription.Head?

    @Option(
        help: "Share of features that training drops in front of each new exit's last layer. (default: \(defaultHeadDropout))")
    var headDropout: Double?

    @Flag(help: "Train the whole network, not the new exits alone; for files with batch normalisation in them.")
    var fineTune = false

    @OptionGroup(title: "About the file") var foreign: ForeignFileOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    private static let usualOutput = "teacher.pb"
    private static let defaultHead = ArchitectureDescription.Head.poolTo2x2
    private static let defaultHeadDropout = 0.5

    private var target: String { output ?? Self.usualOutput }

    var isLong: Bool { addExits != nil || fineTune }

    func validate() throws {
        if data == nil && (addExits != nil || fineTune) { throw ValidationError("--add-exits and --fine-tune need --data") }
        if addExits == nil && !fineTune && training.isUsed {
            throw ValidationError("the options of training go with --add-exits or --fine-tune")
        }
        if addExits == nil && (head != nil || headDropout != nil) {
            throw ValidationError("--head and --head-dropout go with --add-exits")
        }
        if let headDropout, !(0..<1 ~= headDropout) { throw ValidationError("--head-dropout takes 0 to less than 1") }
    }

    func run() throws {
        common.apply()
        try OutputPlace.check(file: target, inputs: [file, data, foreign.classes])
        let place = try data.map { (path) throws(ErdeError) in try DatasetPlace(path) }
        let file = try ForeignModel.read(named: file)
        if output == nil && !training.resume { try OutputPlace.requireFree(target) }
        let (imported, notes) = try importClassifier(
            from: file, options: try foreign.options(for: file, dataset: place?.dataset.description))
        for note in notes { Console.standard.note("\(self.file): \(note)") }
        // The classes and the images must be the network's, and before any time is spent.
        try place?.requireFit(imported, named: self.file)
        guard let place, addExits != nil || fineTune else {
            try emit(imported, to: target)
            RunFiles(model: target).settleCompanions()
            return show(imported)
        }
        let files = RunFiles(model: target)
        let (trained, recipe) = try train(imported, on: place, files)
        // With the model, so that a run that is refused or stopped leaves the recipe of the one that is there.
        try files.write(recipe)
        try emit(trained, to: target)
        files.settleCompanions([.recipe, .metrics])
        files.removeCheckpoint()
        let result = try TrainedModel(trained, name: target, place: place, engine: engine)
        Console.standard.result(common.json ? try JSONText.text(result) : result.text)
    }

    /// The network with its new exits trained, or all of it, and what made it so.
    private func train(
        _ imported: Model, on place: DatasetPlace, _ files: RunFiles
    ) throws(ErdeError) -> (model: Model, recipe: RunRecipe) {
        var recipe = try training.merged(defaultEpochs: TrainingOptions.newExitsEpochs)
        if training.learningRate == nil && training.recipe == nil { recipe.training.peakLearningRate = fineTune ? 0.01 : 0.05 }
        training.fitBatch(of: &recipe.training, images: place.dataset.train.count)
        training.fitCrop(of: &recipe.training, to: place.dataset.description.image)
        training.clipGradients(of: &recipe.training, in: imported.graph)
        var loss = recipe.distillation ?? DistillationRecipe()
        if recipe.distillation == nil { loss.method = .ce }
        recipe.distillation = loss
        var model = imported
        if let addExits {
            let addition = ExitAddition(
                places: addExits, head: head ?? Self.defaultHead, dropout: headDropout ?? Self.defaultHeadDropout)
            let added = try Import.addExits(to: imported, addition, seed: recipe.training.seed)
            model = added.model
            for (exit, boundary) in added.places.enumerated() {
                Console.standard.note(
                    "exit \(exit + 1) stands behind \(boundary.name), at \(macsText(Double(boundary.macs)))")
            }
        }
        var run = TrainingRun(engine: engine.engine, options: engine.compilation)
        files.attach(to: &run, resume: training.resume)
        run.report = TrainingProgress().show
        Interruption.watch()
        let trained = try trainExits(
            of: model, imported: imported, learning: fineTune ? .all : .newExits, on: place.dataset, datasetPath: place.path,
            recipe: recipe.training, loss: loss, run: run)
        return (trained, recipe)
    }

    private struct Result: Encodable {
        let classCount: Int
        let cumulativeMACs: [Int]
        let model: String
        let parameterCount: Int
    }

    private func show(_ model: Model) {
        let result = Result(
            classCount: model.metadata.classNames.count, cumulativeMACs: model.metadata.cumulativeMACs, model: target,
            parameterCount: model.graph.cost().parameterCount)
        if common.json, let text = try? JSONText.text(result) { return Console.standard.result(text) }
        let image = model.metadata.image
        Console.standard.result(
            """
            \(target): \(model.exitCount == 1 ? "one exit" : "\(model.exitCount) exits"), \(result.classCount) classes, images of \
            \(image.channels)x\(image.height)x\(image.width), \(macsText(Double(result.cumulativeMACs.last ?? 0))), \
            \(groupedText(result.parameterCount)) parameters
            """)
    }
}

extension ArchitectureDescription.Head: ExpressibleByArgument {}
