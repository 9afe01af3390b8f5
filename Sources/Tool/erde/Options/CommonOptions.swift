import ArgumentParser

/// How much is said.
struct CommonOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Only results, warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "More about what is done.")
    var verbose = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other") }
    }

    /// Makes the options hold.
    func apply() {
        if verbose { Console.standard.set(.verbose) }
        if quiet { Console.standard.set(.quiet) }
    }
}
