import Architectures
import ArgumentParser
import Artifacts
import Diagnostics
import ONNXFormat
import Report

/// `erde compress teacher.pb --target-macs 20M`, and the same by the name `compress`.
struct CompressCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "compress",
        abstract: "Distils a teacher into an early-exit student that meets a MAC budget, with thresholds and a report.",
        usage: "erde compress <teacher> --target-macs <macs> [<options>]",
        discussion: """
            Chooses a student by short trainings of a few, distils it, fits exit thresholds for the budget and for budgets \
            around it, and writes student.pb and report/ beside the teacher; with --prune also pruned.pb, which the report is \
            then about. The data are those the teacher was trained on.

              erde compress teacher.pb --target-macs 20M
              erde compress teacher.pb --target-macs 10% --method kd --output small
              erde compress teacher.pb --target-macs 20M --prune
              erde compress teacher.pb --target-macs 20M --student prune
            """)

    @Argument(help: "The teacher's model file.")
    var teacher: String

    @Option(
        help: ArgumentHelp(
            "Mean MACs an image may cost: for example 20M, 1.5G, 500k or 10% of what the teacher costs. Needed unless the "
                + "recipe has it.", valueName: "macs"))
    var targetMacs: MACQuantity?

    @Option(help: "The most MACs any image may cost.")
    var maxMacs: MACQuantity?

    @Option(help: "Budgets to fit thresholds for, separated by commas; by default the target and up to four around it.")
    var budgets: MACQuantities?

    @Option(
        help: ArgumentHelp(
            "The student's network; auto chooses one of the teacher's family, auto:NAME one no larger than that network, prune "
                + "takes the teacher with fewer channels.", valueName: "student"))
    var student: String?

    @Option(
        help: ArgumentHelp(
            "Passes over the training images for choosing the student by short trainings, all together; 0 goes by a rule. By "
                + "default as many as its own training has.", valueName: "epochs"))
    var searchEpochs: Double?

    @Flag(help: "Remove channels from the student afterwards, while it goes on learning from the teacher.")
    var prune = false

    @Option(
        help: ArgumentHelp(
            "MACs of the whole network after pruning: 8M, or a share of what it costs before; by default half of a student, and "
                + "of a teacher twice the target, at most three quarters of the way from the target to what it costs.",
            valueName: "macs"))
    var pruneTo: MACQuantity?

    @Option(help: "Passes over the training images after pruning; by default half of --epochs.")
    var pruneEpochs: Int?

    @Option(help: "What the gates compare with their thresholds; \(RunRecipe().score.rawValue) by default.")
    var score: GateScore?

    @Option(help: "A dataset file other than the teacher's own.")
    var data: String?

    @Option(help: "Also quantize the student: int8 writes student-int8.pb too, which is then what the report is about.")
    var quantize: Quantized?

    /// What a student is quantized to.
    enum Quantized: String, ExpressibleByArgument, CaseIterable {
        case int8
    }

    @Option(
        name: .shortAndLong,
        help: "The folder for student.pb and report/; by default the teacher's, where it has no student.pb yet.")
    var output: String?

    @OptionGroup(title: "Distillation") var distillation: DistillationOptions
    @OptionGroup(title: "Pruning") var pruning: PruningOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup(title: "Quantization") var quantization: QuantizationOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        if training.recipe == nil && targetMacs == nil {
            throw ErdeError(.usage, "--target-macs", "is missing", remedy: "give one, for example 20M")
        }
        let model = try ModelFile.read(named: teacher)
        var recipe = try training.merged(defaultEpochs: model.metadata.provenance.training?.epochs ?? 20)
        let recipeOfFile = recipe
        let loss = try distillation.merged(recipe.distillation)
        recipe.distillation = loss
        recipe.score = score ?? recipe.score
        recipe.searchEpochs = searchEpochs ?? recipe.searchEpochs
        let wish = student ?? recipe.architecture
        try addPruning(to: &recipe, wish: wish)
        try addQuantization(to: &recipe)
        let target = try addBudgets(to: &recipe, of: model)
        try refuseRecipeOfTraining(recipeOfFile, model)
        try recipe.validate()
        let place = try DatasetPlace(given: data, of: model, named: teacher)
        try place.requireImagesToCalibrate()
        let folds = loss.effectiveOutOfFold == .ignored ? nil : try FoldJudgement.read(beside: teacher, model, place.dataset)
        training.fitBatch(of: &recipe.training, images: place.dataset.train.count)
        training.fitCrop(of: &recipe.training, to: place.dataset.description.image)
        if wish == StudentPlan.prunedTeacher { training.clipGradients(of: &recipe.training, in: model.graph) }
        var plan = try plan(of: model, wish, target, recipe)
        if let searchEpochs, searchEpochs > 0, !plan.hasChoice {
            throw ErdeError(
                .usage, "--search-epochs", "chooses among students, and --student \(wish ?? "") is the only one",
                remedy: "leave one of the two out")
        }
        let folder = output ?? OutputPath.folder(of: teacher)
        try OutputPlace.prepare(folder: folder)
        for name in Compression.fileNames {
            try OutputPlace.check(file: "\(folder)/\(name)", inputs: [teacher, place.path])
        }
        if output == nil && !training.resume {
            let models = Compression.outputs(of: plan, recipe)
            for name in models + ["report/\(ReportFileName.page)"] { try OutputPlace.requireFree("\(folder)/\(name)") }
        }
        try OutputPlace.prepare(folder: "\(folder)/report")
        Interruption.watch()
        plan = try StudentSearch(
            teacher: model, teacherHash: try ModelFile.hash(path: teacher), folds: folds, place: place, recipe: recipe,
            loss: loss, engine: engine, logPath: RunFiles(model: Compression.student(in: folder)).search
        ).run(plan, resume: training.resume)
        recipe.architecture = plan.wish
        recipe.prunedMACs = try plan.prunedMACs()
        let compression = Compression(
            teacher: model, teacherPath: teacher, folds: folds, place: place, plan: plan, recipe: recipe, loss: loss,
            folder: folder, engine: engine, force: quantization.force)
        if training.resume { try compression.requireUnfinished() }
        let report = try compression.run(resume: training.resume)
        Console.standard.result(common.json ? try JSONText.text(report) : report.summary.text)
    }

    /// Refuses a recipe that names a network and no target, as `train` writes it, where it alone would have the student be the
    /// teacher's own network or learn without the teacher: both may be wanted, but not by accident.
    ///
    /// - Parameter recipe: as the file has it.
    private func refuseRecipeOfTraining(_ recipe: RunRecipe, _ model: Model) throws(ErdeError) {
        guard let file = training.recipe, recipe.targetMACs == nil else { return }
        var lonely: DistillationRecipe.Method?
        if distillation.method == nil, let method = recipe.distillation?.method, !method.learnsFromTeacher { lonely = method }
        guard let network = recipe.architecture else {
            if let lonely { Console.standard.warn("\(file) has the student learn with \(lonely.rawValue), without \(teacher)") }
            return
        }
        var reasons: [String] = []
        var options: [String] = []
        if student == nil, let own = model.metadata.provenance.architecture,
            let asked = try? ArchitectureDescription(parsing: network), asked == own
        {
            reasons.append("be \(teacher)'s own network, \(network)")
            options.append("--student")
        }
        if let lonely {
            reasons.append("learn with \(lonely.rawValue), without \(teacher)")
            options.append("--method")
        }
        guard !reasons.isEmpty else { return }
        throw ErdeError(
            .usage, file,
            "is a recipe of a training, not of a compression (it has no targetMACs), and the student would "
                + reasons.joined(separator: ", and "),
            remedy: "say what is wanted with \(options.joined(separator: " and ")), or leave --recipe out")
    }

    /// Puts the budgets into the recipe, in MACs; shares are of what the teacher costs.
    ///
    /// - Returns: the target.
    private func addBudgets(to recipe: inout RunRecipe, of model: Model) throws(ErdeError) -> Double {
        let cost = model.metadata.cumulativeMACs.last
        recipe.targetMACs = try targetMacs?.macs(of: cost) ?? recipe.targetMACs
        recipe.maxMACs = try maxMacs?.macs(of: cost) ?? recipe.maxMACs
        recipe.budgets = try budgets?.macs(of: cost) ?? recipe.budgets
        guard let target = recipe.targetMACs else {
            throw ErdeError(
                .usage, "--target-macs", "is missing, and the recipe has no targetMACs", remedy: "give one, for example 20M")
        }
        if let cost, target > Double(cost) {
            throw ErdeError(
                .usage, "--target-macs", "\(macsText(target)) are more than \(teacher) itself costs, \(macsText(Double(cost)))",
                remedy: "choose a smaller target")
        }
        return target
    }

    /// What is trained for these budgets.
    ///
    /// - Throws: `ErdeError` of kind `usage`; for a target without a unit that cannot be reached, with the one that was meant.
    private func plan(
        of model: Model, _ wish: String?, _ target: Double, _ recipe: RunRecipe
    ) throws(ErdeError) -> StudentPlan {
        do throws(ErdeError) {
            return try StudentPlan(
                teacher: model, teacherName: teacher, wish: wish, targetMACs: target,
                maxMACs: recipe.maxMACs, budgets: recipe.budgets, pruning: recipe.pruning,
                pruneTo: pruneTo ?? recipe.prunedMACs.map(MACQuantity.init(macs:)))
        } catch {
            let isAboutTarget = ["targetMACs", "prunedMACs", macsText(target)].contains(error.subject)
            guard isAboutTarget, let meant = targetMacs?.inMillions else { throw error }
            throw ErdeError(
                error.kind, error.subject, error.problem,
                remedy: "did you mean \(meant)?" + (error.remedy.map { " Else \($0)" } ?? ""), details: error.details)
        }
    }

    /// Puts the options of quantization into a recipe that quantizes, or that is made to.
    private func addQuantization(to recipe: inout RunRecipe) throws(ErdeError) {
        guard quantize != nil || recipe.quantization != nil else {
            guard !quantization.isUsed else {
                throw ErdeError(
                    .usage, "the options of quantization", "are given, and nothing is quantized", remedy: "add --quantize int8")
            }
            return
        }
        recipe.quantization = try quantization.merged(recipe.quantization, engine: engine)
    }

    /// Puts the options of pruning into a recipe that prunes, or that is made to by one of them.
    private func addPruning(to recipe: inout RunRecipe, wish: String?) throws(ErdeError) {
        let prunesTeacher = wish == StudentPlan.prunedTeacher
        if prunesTeacher && prune {
            throw ErdeError(
                .usage, "--prune", "the student of --student prune is pruned already", remedy: "choose one of the two")
        }
        guard prune || pruneTo != nil || prunesTeacher || recipe.pruning != nil || recipe.prunedMACs != nil else {
            guard pruneEpochs == nil, pruning.given.isEmpty else {
                throw ErdeError(.usage, "the options of pruning", "are given, and nothing is pruned", remedy: "add --prune")
            }
            return
        }
        var merged = try pruning.merged(recipe.pruning)
        merged.epochs = pruneEpochs ?? merged.epochs
        do throws(ErdeError) {
            try merged.validate()
        } catch {
            throw error.subject == "epochs" ? error.naming("--prune-epochs") : error
        }
        recipe.pruning = merged
    }
}
