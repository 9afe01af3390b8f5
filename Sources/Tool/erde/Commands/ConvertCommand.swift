import ArgumentParser
import Artifacts
import Diagnostics
import Import
import ONNXFormat

/// `erde convert IN --to FORMAT -o OUT`
struct ConvertCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Writes an ONNX classifier, of anyone's, in another format.",
        discussion: """
            Import and export in one: no model file in between. A model of erde's is exported as it is.

              erde convert resnet18.onnx --to safetensors --no-normalisation -o resnet18-torch
              erde convert flowers.onnx --to c --name flowers --mean 0.5 --std 0.5 -o flowers-c
            """)

    @Argument(help: "An ONNX file, operator sets 7 to 28, or a model of erde's.")
    var file: String

    @OptionGroup var export: ExportOptions
    @OptionGroup(title: "About the file") var foreign: ForeignFileOptions
    @OptionGroup var common: CommonOptions

    /// Writing alone computes nothing.
    var isLong: Bool { export.check }

    func run() throws {
        common.apply()
        try export.write(try loaded(), from: file, json: common.json)
    }

    private func loaded() throws(ErdeError) -> Model {
        let source = try ForeignModel.read(named: file)
        if source.isErdes, try ExportedFile.read(path: file) == nil {
            guard !foreign.isUsed else {
                throw ErdeError(
                    .usage, file, "is a model of erde's, which says all about itself",
                    remedy: "leave out --classes, --input-size, --mean, --std, --resizing and --output-name")
            }
            return try ModelFile.read(path: file)
        }
        let (model, notes) = try importClassifier(from: source, options: try foreign.options(for: source, dataset: nil))
        for note in notes { Console.standard.note("\(file): \(note)") }
        return model
    }
}

extension ForeignFileOptions {
    /// Whether anything is given but `--no-normalisation`, which is true of erde's models too.
    fileprivate var isUsed: Bool {
        classes != nil || inputSize != nil || mean != nil || std != nil || resizing != nil || outputName != nil
    }
}
