import Architectures
import ArgumentParser
import Artifacts
import Diagnostics
import Emit
import TrainTeacher
import Training

/// `erde train DATA -o teacher.pb`
struct TrainCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains an early-exit teacher.",
        discussion: """
            All exits of the network are trained together. A checkpoint is kept beside the output after every epoch and on \
            Ctrl-C; --resume goes on from it and gives the same weights, byte for byte with as many --threads.

              erde train photos.erds -o teacher.pb --arch preresnet-20x2 --epochs 30
              erde train photos.erds -o teacher.pb --method mate --mixup 0.2

            Networks:

            \(ArchitectureDescription.Family.help)

            Behind any of these, separated by colons: exits=4 (so many exits) or exits=3,6,9 (the blocks they follow, the \
            last included), head=\(ArchitectureDescription.Head.allCases.map(\.rawValue).joined(separator: "|")), \
            dropout=0.5, and any field of the family: mobilenetv2x0.5:exits=5:head=pool2.
            """)

    private static let network = "preresnet-20x2"
    private static let usualOutput = "teacher.pb"

    @Argument(help: "A dataset file made by erde ingest.")
    var data: String

    @Option(
        name: .shortAndLong, help: "The model file to write; \(TrainCommand.usualOutput) by default, where there is none.")
    var output: String?

    @Option(
        help: ArgumentHelp(
            "The network: \(ArchitectureDescription.Family.examples.joined(separator: ", ")), or one of the other names above; "
                + "\(TrainCommand.network) by default.", valueName: "name"))
    var arch: String?

    @Option(
        help: ArgumentHelp(
            "Also train this many teachers, each without one part of the images, and write what they say of that part beside "
                + "the model, for compress --out-of-fold.", valueName: "folds"))
    var outOfFold: Int?

    @OptionGroup(title: "Loss") var loss: LossOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        var recipe = try training.merged(defaultEpochs: TrainingOptions.newNetworkEpochs)
        let architecture = try ArchitectureDescription(parsing: arch ?? recipe.architecture ?? Self.network)
        recipe.architecture = architecture.name
        let loss = try loss.merged(recipe.distillation)
        recipe.distillation = loss
        recipe.outOfFold = outOfFold ?? recipe.outOfFold
        try recipe.validate()
        let target = output ?? Self.usualOutput
        try OutputPlace.check(file: target, inputs: [data])
        let place = try DatasetPlace(data)
        if output == nil && !training.resume { try OutputPlace.requireFree(target) }
        training.fitBatch(of: &recipe.training, images: place.dataset.train.count)
        training.fitCrop(of: &recipe.training, to: place.dataset.description.image)
        let files = RunFiles(model: target)
        if training.resume && recipe.outOfFold == nil { try files.requireUnfinished() }
        let progress = TrainingProgress()
        Interruption.watch()
        var judged: FoldPredictions?
        if let folds = recipe.outOfFold {
            let judgement = FoldJudgement(
                place: place, architecture: architecture, recipe: recipe, loss: loss, files: files, engine: engine)
            judged = try judgement.run(folds: folds, resume: training.resume)
        }
        var run = TrainingRun(engine: engine.engine, options: engine.compilation)
        // An interrupted run of folds may not have come to the teacher itself.
        files.attach(to: &run, resume: training.resume && (judged == nil || files.hasCheckpoint))
        run.report = progress.show
        Console.standard.note(
            "Training \(architecture.name) with \(loss.method.rawValue) on \(groupedText(place.dataset.train.count)) images")
        var model = try trainTeacher(
            on: place.dataset, datasetPath: place.path, architecture: architecture, recipe: recipe.training, loss: loss,
            run: run)
        model.metadata.provenance.outOfFoldErrorPerExit = judged?.errorPerExit(labels: place.dataset.train.labels)
        // With the model, so that a run that is refused or stopped leaves the recipe of the one that is there.
        try files.write(recipe)
        try emit(model, to: target)
        let hasFolds = judged != nil || FoldJudgement.isFitting(beside: target, model)
        files.settleCompanions(hasFolds ? [.recipe, .metrics, .folds] : [.recipe, .metrics])
        files.removeCheckpoint()
        let result = try TrainedModel(model, name: target, place: place, engine: engine)
        Console.standard.result(common.json ? try JSONText.text(result) : result.text)
    }
}
