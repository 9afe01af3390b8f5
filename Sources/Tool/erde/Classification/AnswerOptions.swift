import ArgumentParser

/// What is written of each image, and where.
struct AnswerOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The file to write; stdout by default.")
    var output: String?

    @Option(help: "csv or jsonl; csv by default, jsonl with --json.")
    var format: AnswerFormat?

    @Option(help: ArgumentHelp("The most probable classes to list. (default: 1)", valueName: "n"))
    var topK: Int?

    @Flag(help: "The probability of every class too.")
    var allProbabilities = false

    @Option(
        help: ArgumentHelp(
            "A folder for symbolic links to the images, one folder per class; then stdout stays empty.", valueName: "folder"))
    var links: String?

    @Flag(help: "Goes on with an output file that an earlier run left, behind its last whole line.")
    var resume = false

    func validate() throws {
        if let topK, !(1...100_000 ~= topK) { throw ValidationError("--top-k takes a number of at least 1") }
        if resume && output == nil { throw ValidationError("--resume needs the --output to go on with") }
        if let option = ofLines, links != nil && output == nil {
            throw ValidationError("\(option) is about lines, and --links without --output writes none")
        }
    }

    /// The first that is given of those about lines of answers.
    private var ofLines: String? {
        if format != nil { return "--format" }
        if topK != nil { return "--top-k" }
        return allProbabilities ? "--all-probabilities" : nil
    }
}
