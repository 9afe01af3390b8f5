import Architectures
import ArgumentParser
import Artifacts
import Diagnostics
import ONNXFormat

/// `erde compress teacher.pb --target-macs 20M`, and the same by the name `compress`.
struct CompressCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "compress",
        abstract: "Distils a teacher into an early-exit student that meets a MAC budget, with thresholds and a report.",
        discussion: """
            Chooses a student by short trainings of a few, distils it, fits exit thresholds for the budget and for budgets \
            around it, and writes student.pb and report/ beside the teacher. The data are those the teacher was trained on.

              erde compress teacher.pb --target-macs 20M
              erde compress teacher.pb --target-macs 10% --method kd --output small
            """)

    @Argument(help: "The teacher's model file.")
    var teacher: String

    @Option(help: ArgumentHelp("Mean MACs an image may cost: \(MACQuantity.help).", valueName: "macs"))
    var targetMacs: MACQuantity

    @Option(help: "The most MACs any image may cost.")
    var maxMacs: MACQuantity?

    @Option(help: "Budgets to fit thresholds for, separated by commas; by default the target and four around it.")
    var budgets: MACQuantities?

    @Option(help: "The student's network; auto chooses one of the teacher's family, auto:NAME one no larger than that network.")
    var student: String?

    @Option(
        help: ArgumentHelp(
            "Passes over the training images for choosing the student by short trainings, all together; 0 goes by a rule. By "
                + "default as many as its own training has.", valueName: "epochs"))
    var searchEpochs: Double?

    @Option(help: "What the gates compare with their thresholds.")
    var score: GateScore?

    @Option(help: "A dataset file other than the teacher's own.")
    var data: String?

    @Option(name: .shortAndLong, help: "The folder for student.pb and report/; by default the teacher's.")
    var output: String?

    @OptionGroup(title: "Distillation") var distillation: DistillationOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        let model = try ModelFile.read(path: teacher)
        var recipe = try training.merged(defaultEpochs: model.metadata.provenance.training?.epochs ?? 20)
        let loss = try distillation.merged(recipe.distillation)
        recipe.distillation = loss
        recipe.score = score ?? recipe.score
        recipe.searchEpochs = searchEpochs ?? recipe.searchEpochs
        try recipe.validate()
        let place = try DatasetPlace(given: data, of: model, named: teacher)
        let cost = model.metadata.cumulativeMACs.last
        let target = try targetMacs.macs(of: cost)
        var plan = try StudentPlan(
            teacher: model, teacherName: teacher, wish: student ?? recipe.architecture, targetMACs: target,
            maxMACs: try maxMacs?.macs(of: cost), budgets: try budgets?.macs(of: cost))
        let folder = output ?? OutputPlace.folder(of: teacher)
        try OutputPlace.prepare(folder: folder)
        try OutputPlace.prepare(folder: "\(folder)/report")
        Interruption.watch()
        plan = try StudentSearch(
            teacher: model, teacherHash: try ModelFile.hash(path: teacher), place: place, recipe: recipe, loss: loss,
            engine: engine, logPath: RunFiles(model: Compression.student(in: folder)).search
        ).run(plan, resume: training.resume)
        recipe.architecture = plan.architecture.name
        let compression = Compression(
            teacher: model, teacherPath: teacher, place: place, plan: plan, recipe: recipe, loss: loss, folder: folder,
            engine: engine)
        let report = try compression.run(resume: training.resume)
        if common.json {
            Console.standard.result(try JSONText.text(report))
        } else {
            Console.standard.result(CompressionSummary(report, folder: folder).text)
        }
    }
}
