import ArgumentParser
import Artifacts
import Diagnostics
import Execution
import Graphs
import ONNXFormat
import Tensors

/// `erde run-onnx MODEL INPUT… -o FOLDER`: runs any graph that erde can take over, as the checks against ONNX's own test
/// cases do.
struct RunONNXCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-onnx", abstract: "Runs an ONNX graph on tensors, for checks against other runtimes.",
        shouldDisplay: false)

    @Argument(help: "An ONNX file.")
    var model: String

    @Argument(help: "TensorProto files, one for each input in order; all but the first become part of the graph.")
    var inputs: [String]

    @Option(name: .shortAndLong, help: "The folder for the outputs: output_0.f32 and so on, row-major.")
    var output: String

    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    private struct Output: Encodable {
        let path: String
        let shape: [Int]
    }

    func run() throws {
        common.apply()
        let runnable = try ForeignModel.read(named: model).runnable(inputFiles: inputs)
        let executable = try engine.engine.compile(
            runnable.graph, parameters: runnable.parameters, options: engine.compilation)
        let results = try executable.run(runnable.inputs)
        try OutputPlace.prepare(folder: output)
        var written: [Output] = []
        for result in runnable.graph.outputs {
            guard let tensor = results[result.name] else { continue }
            let path = "\(output)/\(result.name).f32"
            try AtomicFile.write(tensor.withUnsafeBytes { [UInt8]($0) }, to: path)
            written.append(Output(path: path, shape: tensor.shape.dimensions))
        }
        Console.standard.result(try JSONText.text(written))
    }
}
