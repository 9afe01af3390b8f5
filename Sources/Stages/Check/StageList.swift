import Artifacts
import Diagnostics
import FoundationEssentials

/// What a check needs to know of `stages.json`, read back.
struct StageList: Decodable {
    struct Stage: Decodable {
        let file: String
        /// Missing at the last stage, and where nothing was fitted.
        let threshold: Double?
    }

    struct Score: Decodable {
        let name: GateScore
    }

    let format: String
    let version: Int
    let modelHash: String
    let score: Score
    let stages: [Stage]

    /// - Throws: `ErdeError` of kind `notFound` when the file cannot be opened, `badData` when it is no contract.
    static func read(path: String) throws(ErdeError) -> StageList {
        guard let content = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
            throw ErdeError(.notFound, path, "cannot be read", remedy: "check the path")
        }
        guard let list = MetadataJSON.value(StageList.self, in: content), list.format == "erde.stages", list.version == 1,
            !list.stages.isEmpty, list.stages.allSatisfy({ !$0.file.contains("/") && !$0.file.isEmpty })
        else {
            throw ErdeError(.badData, path, "is no contract of stages that this erde knows", remedy: "export the model again")
        }
        return list
    }

    /// The fitted thresholds; nil where there are none.
    var policy: ExitPolicy? {
        let thresholds = stages.dropLast().compactMap(\.threshold)
        return thresholds.count == stages.count - 1 && stages.count > 1
            ? ExitPolicy(score: score.name, thresholds: thresholds) : nil
    }

    /// - Parameter path: of the contract, for the error.
    func fileFormat(of path: String) throws(ErdeError) -> ExportedArtifact.Format {
        let endings = Set(stages.map { $0.file.split(separator: ".").last ?? "" })
        switch endings.count == 1 ? endings.first : nil {
        case "onnx": return .onnx
        case "xml": return .openvino
        case "param": return .ncnn
        case "tflite": return .tflite
        default:
            throw ErdeError(.badData, path, "names files of no format that runtimes run", remedy: "export the model again")
        }
    }
}
