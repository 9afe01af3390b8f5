import ArgumentParser
import Artifacts
import Check
import Diagnostics
import ONNXFormat

/// `erde check FILES… --against MODEL`
struct CheckCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Runs exported files in the runtimes of this machine and compares them with the model.",
        discussion: """
            ONNX files run in ONNX Runtime and OpenVINO, OpenVINO's own in OpenVINO, ncnn's in ncnn, TFLite's in LiteRT, \
            safetensors in PyTorch, C through the C compiler; what is not installed is named. Per runtime: version, the \
            largest difference of a logit, images that get another class or leave at another exit ("near": their score is so \
            near a threshold that rounding explains it), and milliseconds per image beside erde's own. \
            What is allowed stands below each table. Exit status 70 when a runtime disagrees or fails, 69 when a file ran in none.

              erde check student.onnx --against student.pb --images photos.erds
              erde check student-stages student-torch --against student.pb --python venv/bin/python
            """)

    @Argument(help: "Files and folders that erde export wrote.")
    var files: [String]

    @Option(help: ArgumentHelp("The model they were made from.", valueName: "model"))
    var against: String

    @Option(help: "The exit of a file cut at one, counted from 1, where the file does not say; else the nearest is taken.")
    var exit: Int?

    @OptionGroup var checking: CheckOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let exit, exit < 1 { throw ValidationError("--exit counts from 1") }
    }

    func run() throws {
        common.apply()
        let artifacts = try ExportedArtifact.found(in: files, exit: exit.map { $0 - 1 })
        let model = try ModelFile.read(named: against)
        for artifact in artifacts { try requireImages(of: model, in: artifact) }
        let check = try ExportCheck(model, named: against, options: checking)
        let hash = try ModelFile.hash(path: against)
        for artifact in artifacts {
            if let made = artifact.modelHash, made != hash {
                Console.standard.warn("\(artifact.path) was made from another file than \(against), or from it before it changed")
            }
        }
        let report = try check.report(on: artifacts)
        Console.standard.result(common.json ? try JSONText.text(report) : ParityTable(report).text)
        try ExportCheck.conclude(report)
    }

    /// Refuses an ONNX file that says it takes images of another size than the model, which no runtime would say so plainly.
    private func requireImages(of model: Model, in artifact: ExportedArtifact) throws(ErdeError) {
        guard artifact.format == .onnx, let file = artifact.files.first else { return }
        let exported = try? ExportedFile.read(path: file)
        guard let found = exported?.metadata.image ?? (try? ModelFile.read(path: file))?.metadata.image else { return }
        let expected = model.metadata.image
        guard (found.channels, found.height, found.width) == (expected.channels, expected.height, expected.width) else {
            throw ErdeError(
                .badData, artifact.path,
                "takes images of \(found.channels)x\(found.height)x\(found.width), \(against) of "
                    + "\(expected.channels)x\(expected.height)x\(expected.width)",
                remedy: "name the model that it was made from with --against")
        }
    }
}
