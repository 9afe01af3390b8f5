import ArgumentParser
import Artifacts

@main
struct Erde: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "erde", version: erdeVersion)
}
