import ArgumentParser
import Artifacts
import Diagnostics
import ONNXFormat

/// `erde export MODEL --to FORMAT -o PATH`
struct ExportCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a model for other runtimes, with the exits really working.",
        discussion: """
            Shapes of an ONNX file: all has every exit's logits as outputs; cut ends at one exit; in dynamic each image of a \
            batch leaves on its own; stages are files for the segments between exits, with a contract in JSON for hosts that \
            decide themselves. safetensors comes with a Python file that gives the network back to PyTorch; c is a header and \
            a C99 source without allocation. openvino, ncnn and tflite have all, cut and stages; tflite files take images \
            [N, H, W, C] of any batch.

              erde export student.pb --to onnx --shape dynamic --budget 10M -o student.onnx
              erde export student.pb --to onnx --shape stages -o student-stages
              erde export student.pb --to openvino -o student-ir
              erde export student.pb --to safetensors -o student-torch
              erde export student.pb --to c --name student -o student-c
              erde export student.pb --to tflite -o student.tflite
            """)

    @Argument(help: "The model file.")
    var model: String

    @OptionGroup var export: ExportOptions
    @OptionGroup var common: CommonOptions

    /// Writing alone computes nothing.
    var isLong: Bool { export.check }

    func run() throws {
        common.apply()
        try export.write(try ModelFile.read(named: model), from: model, json: common.json)
    }
}
