import Artifacts
package import Diagnostics
import FoundationEssentials
import ONNXFormat
import OpenVINOFormat

extension ExportedArtifact {
    /// What of these paths other runtimes run; folders are looked into, but not into folders in them.
    ///
    /// - Parameters:
    ///   - paths: files and folders that `erde export` wrote, or models of erde's.
    ///   - exit: counted from 0, of files that have one exit and do not say which.
    /// - Throws: `ErdeError` of kind `notFound` when one does not exist, `badData` when one is not what `erde export` writes.
    package static func found(in paths: [String], exit: Int? = nil) throws(ErdeError) -> [ExportedArtifact] {
        var artifacts: [ExportedArtifact] = []
        for path in paths {
            var isFolder = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw ErdeError(.notFound, path, "does not exist", remedy: "check the path")
            }
            guard isFolder else {
                if let artifact = try file(path, exit: exit) {
                    artifacts.append(artifact)
                    continue
                }
                throw ErdeError(
                    .badData, path, "is not a file that runtimes run",
                    remedy: "name a file or folder that `erde export` wrote")
            }
            let found = try folder(path, exit: exit)
            if found.isEmpty {
                throw ErdeError(.badData, path, "holds nothing that `erde export` wrote", remedy: "name another folder")
            }
            artifacts += found
        }
        return artifacts.uniqued
    }

    /// What of files just written other runtimes run: like `found(in:)`, without the files that belong to another.
    package static func written(_ files: [String], exit: Int? = nil) throws(ErdeError) -> [ExportedArtifact] {
        if let contract = files.first(where: { $0.hasSuffix("/\(contractName)") }) {
            return [try stages(contract, path: Self.split(contract).folder)]
        }
        var artifacts: [ExportedArtifact] = []
        for path in files {
            if let artifact = try file(path, exit: exit) { artifacts.append(artifact) }
        }
        return artifacts.uniqued
    }

    private static let contractName = "stages.json"

    private static func folder(_ path: String, exit: Int?) throws(ErdeError) -> [ExportedArtifact] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw ErdeError(.notFound, path, "cannot be read", remedy: "check the folder's permissions")
        }
        var artifacts: [ExportedArtifact] = []
        if names.contains(contractName) { artifacts.append(try stages("\(path)/\(contractName)", path: path)) }
        // Some formats have weights in a file beside the stage's.
        let staged = Set(artifacts.flatMap(\.files).map { stem(Self.split($0).name) })
        for name in names where !staged.contains(stem(name)) && name != contractName {
            if let artifact = try file("\(path)/\(name)", exit: exit) { artifacts.append(artifact) }
        }
        return artifacts.uniqued
    }

    /// The artifact that a file is or belongs to; nil for what no runtime opens.
    private static func file(_ path: String, exit: Int?) throws(ErdeError) -> ExportedArtifact? {
        guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return nil }
        let stem = String(path[..<dot])
        func exists(_ ending: String) -> Bool { FileManager.default.fileExists(atPath: stem + ending) }
        switch path[dot...] {
        case ".onnx", ".pb": return try onnx(path)
        case ".json" where split(path).name == contractName: return try stages(path, path: split(path).folder)
        case ".xml" where exists(".bin"), ".bin" where exists(".xml"):
            return try ir("\(stem).xml", exit)
        case ".param" where exists(".bin"), ".bin" where exists(".param"):
            return graph(.ncnn, "\(stem).param", exit)
        case ".tflite": return graph(.tflite, path, exit)
        case ".py" where exists(".safetensors"), ".safetensors" where exists(".py"):
            return ExportedArtifact(path: "\(stem).py", format: .safetensors, shape: .program, files: ["\(stem).py"])
        case ".c" where exists(".h"), ".h" where exists(".c"):
            return ExportedArtifact(path: "\(stem).c", format: .c, shape: .program, files: ["\(stem).c"])
        default: return nil
        }
    }

    private static func graph(_ format: Format, _ path: String, _ exit: Int?) -> ExportedArtifact {
        ExportedArtifact(path: path, format: format, shape: .exits(only: exit), files: [path])
    }

    /// An ONNX file, by what it says of itself.
    private static func onnx(_ path: String) throws(ErdeError) -> ExportedArtifact {
        guard let description = try ExportedFile.read(path: path)?.description else {
            // A model's own file has all exits as outputs.
            _ = try ModelFile.read(path: path)
            return ExportedArtifact(
                path: path, format: .onnx, shape: .exits(only: nil), files: [path], modelHash: try ModelFile.hash(path: path))
        }
        return try described(.onnx, path, description)
    }

    /// OpenVINO's own file, by what it says of itself, if anything.
    private static func ir(_ path: String, _ exit: Int?) throws(ErdeError) -> ExportedArtifact {
        guard let description = try ExportedIR.description(path: path) else { return graph(.openvino, path, exit) }
        return try described(.openvino, path, description)
    }

    private static func described(
        _ format: Format, _ path: String, _ description: ExportDescription
    ) throws(ErdeError) -> ExportedArtifact {
        let shape: Shape
        switch description.shape {
        case .all: shape = .exits(only: nil)
        case .cut: shape = .exits(only: description.exit.map { $0 - 1 })
        case .dynamic: shape = .dynamic(takesThresholds: description.takesThresholds == true)
        case .stage:
            throw ErdeError(
                .badData, path, "is one stage of several", remedy: "name the folder with stages.json")
        }
        return ExportedArtifact(
            path: path, format: format, shape: shape, files: [path], policy: description.policy,
            modelHash: description.modelHash)
    }

    /// Stages, by their contract.
    private static func stages(_ contract: String, path: String) throws(ErdeError) -> ExportedArtifact {
        let list = try StageList.read(path: contract)
        let folder = split(contract).folder
        let files = list.stages.map { "\(folder)/\($0.file)" }
        for file in files where !FileManager.default.fileExists(atPath: file) {
            throw ErdeError(.notFound, file, "is named in \(contract) and does not exist", remedy: "export the model again")
        }
        return ExportedArtifact(
            path: path, format: try list.fileFormat(of: contract), shape: .stages, files: files, contract: contract,
            policy: list.policy, modelHash: list.modelHash)
    }

    private static func stem(_ name: String) -> Substring { name[..<(name.lastIndex(of: ".") ?? name.endIndex)] }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}

extension [ExportedArtifact] {
    /// Without repetitions, which several files of one export give.
    fileprivate var uniqued: [ExportedArtifact] {
        var seen: Set<ExportedArtifact> = []
        return filter { seen.insert($0).inserted }
    }
}
