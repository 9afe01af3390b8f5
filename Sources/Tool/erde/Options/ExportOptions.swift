import ArgumentParser
import Artifacts
import Check
import Diagnostics
import Emit
import ONNXFormat

/// What is written, for whom and where.
struct ExportOptions: ParsableArguments {
    @Option(help: "onnx, openvino, safetensors (for PyTorch), c, ncnn or tflite.")
    var to: ExportFormat

    @Option(name: .shortAndLong, help: "The file to write; for formats of several files, the folder.")
    var output: String

    @Option(help: "What the file computes.")
    var shape = ShapeName.all

    @Option(help: "The exit to cut at, counted from 1; the last by default.")
    var exit: Int?

    @Option(help: "Version of ONNX's operator set, 17 to 21.")
    var opset: Int64 = OperatorSetVersion.standard

    @Option(
        help: ArgumentHelp(
            "Thresholds fitted for this budget: \(MACQuantity.help); by default the largest the model knows.",
            valueName: "macs"))
    var budget: MACQuantity?

    @Option(help: "One threshold for all exits instead.")
    var theta: Double?

    @Flag(help: "The dynamic file takes its thresholds as the input theta, one for every exit but the last.")
    var thetaInput = false

    @Option(
        help: """
            What the files of openvino, safetensors, c and ncnn are called, and what the names in C begin with; model by default.
            """)
    var name: String?

    @Flag(help: "Run what was written in the runtimes of this machine, and compare with the model, as erde check does.")
    var check = false

    @OptionGroup(title: "About --check") var checking: CheckOptions

    func validate() throws {
        if checking.isGiven && !check {
            throw ValidationError("--images, --limit, --python, --timeout and --threads go with --check")
        }
        if budget != nil && theta != nil { throw ValidationError("--budget and --theta exclude each other") }
        if let theta, theta < 0 || theta.isNaN { throw ValidationError("--theta takes a number of at least 0") }
        if !OperatorSetVersion.supported.contains(opset) {
            let supported = OperatorSetVersion.supported
            throw ValidationError("--opset takes \(supported.lowerBound) to \(supported.upperBound)")
        }
        if !to.shapes.contains(shape) {
            let shapes = to.shapes.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--to \(to.rawValue) has not --shape \(shape.rawValue), but: \(shapes); --to onnx has all")
        }
        if to != .onnx && opset != OperatorSetVersion.standard { throw ValidationError("--opset goes with --to onnx") }
        if exit != nil && shape != .cut { throw ValidationError("--exit goes with --shape cut") }
        if thetaInput && shape != .dynamic { throw ValidationError("--theta-input goes with --shape dynamic") }
        if to.isGraph && shape != .dynamic && shape != .stages && (budget != nil || theta != nil) {
            throw ValidationError("--budget and --theta go with --shape dynamic or stages")
        }
        if let name {
            if [.onnx, .tflite].contains(to) { throw ValidationError("--name goes with other formats; --output names the file") }
            if name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]*/) == nil {
                throw ValidationError("--name takes a letter, then letters, digits and underscores")
            }
        }
    }

    private struct WrittenFile: Encodable {
        let bytes: Int
        let path: String
    }

    private struct Result: Encodable {
        /// Nil where nobody asked for it.
        var check: ParityReport?
        let files: [WrittenFile]
    }

    /// Writes the files, says which, and what runtimes make of them when that is asked for.
    ///
    /// - Parameter path: of the file that the model was made from.
    func write(_ loaded: Model, from path: String, json: Bool) throws {
        if to == .safetensors && loaded.isQuantized {
            throw ErdeError(
                .badData, path, "is quantized, and safetensors hold weights in float",
                remedy: "export the model that it was quantized from")
        }
        let target = try target(for: loaded, from: path)
        if check && !target.isFolder { try requireEnding() }
        let checker = check ? try ExportCheck(loaded, named: path, options: checking) : nil
        if target.isFolder {
            try OutputPlace.prepare(folder: output)
        } else {
            try OutputPlace.check(
                file: output, inputs: [path, checking.images], dataset: loaded.metadata.provenance.datasetPath)
        }
        let paths = try Emit.export(loaded, as: target, to: output)
        let files = paths.map { WrittenFile(bytes: InputFile.size($0) ?? 0, path: $0) }
        if !json { for file in files { Console.standard.result("\(file.path), \(bytesText(file.bytes))") } }
        guard let checker else {
            if json { Console.standard.result(try JSONText.text(Result(files: files))) }
            return
        }
        let exit = shape == .cut ? (exit ?? loaded.exitCount) - 1 : nil
        let report = try checker.report(on: try ExportedArtifact.written(paths, exit: exit))
        Console.standard.result(
            json ? try JSONText.text(Result(check: report, files: files)) : "\n\(ParityTable(report).text)")
        try ExportCheck.conclude(report)
    }

    /// Runtimes are found by a file's ending.
    private func requireEnding() throws(ErdeError) {
        let endings = to == .tflite ? [".tflite"] : [".onnx", ".pb"]
        if endings.contains(where: output.hasSuffix) { return }
        throw ErdeError(
            .usage, output, "does not end in \(endings.joined(separator: " or ")), by which --check knows who runs it",
            remedy: "name it \(output)\(endings[0])")
    }

    private func target(for loaded: Model, from path: String) throws(ErdeError) -> ExportTarget {
        let point = try operatingPoint(of: loaded, from: path)
        let policy = policy(of: loaded, point)
        let request = ExportRequest(
            shape: shape(of: loaded), policy: policy, budgetMACs: point?.budgetMACs, modelHash: try ModelFile.hash(path: path))
        let name = name ?? "model"
        switch to {
        case .onnx: return .onnx(ONNXExportOptions(request, operatorSet: opset))
        case .openvino: return .openVINO(name: name, request)
        case .safetensors: return .torch(name: name, policy: policy)
        case .c: return .c99(name: name, policy: policy)
        case .ncnn: return .ncnn(name: name, request)
        case .tflite: return .tflite(request)
        }
    }

    private func shape(of loaded: Model) -> ExportShape {
        switch shape {
        case .all: .all
        case .cut: .cut(exit: (exit ?? loaded.exitCount) - 1)
        case .dynamic: .dynamic(takesThresholds: thetaInput)
        case .stages: .stages
        }
    }

    /// The fitted thresholds that are meant; nil with `--theta`, and when the model knows none.
    private func operatingPoint(of loaded: Model, from path: String) throws(ErdeError) -> OperatingPoint? {
        if theta != nil { return nil }
        if let budget { return try loaded.operatingPoint(for: budget, named: path) }
        return loaded.metadata.operatingPoints.last
    }

    private func policy(of loaded: Model, _ point: OperatingPoint?) -> ExitPolicy? {
        theta.map { loaded.policy(theta: $0) } ?? point?.policy
    }
}
