import Artifacts
import Diagnostics
import FoundationEssentials
import Tensors

/// What a host must know to run the files of the stages and decide itself: `stages.json`.
struct StageContract: Encodable {
    /// A tensor between host and stage.
    struct Port: Encodable {
        let name: String
        /// Extents; the batch is "N".
        let shape: [Extent]
        /// uint8 or int8 between the stages of a quantized model; missing for float32.
        let dataType: String?
    }

    /// An extent of a shape.
    enum Extent: Encodable {
        case batch
        case fixed(Int64)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .batch: try container.encode("N")
            case .fixed(let extent): try container.encode(extent)
            }
        }
    }

    /// How sure an exit is: `output` of its stage.
    struct Score: Encodable {
        let name: GateScore
        let formula: String
    }

    /// One file and what to do around it.
    struct Stage: Encodable {
        let file: String
        /// Counted from 1.
        let exit: Int
        /// What to feed: the image and what earlier stages gave, rows of the images that stay.
        let inputs: [Port]
        let logits: Port
        let score: Port
        /// What to keep for later stages.
        let carries: [Port]
        /// Everything that later stages read; the rest can be dropped after this stage.
        let keep: [String]
        /// An image leaves here when its score is less; missing at the last stage, and where nothing was fitted.
        let threshold: Double?
        /// MACs of an image that leaves here, all stages until here counted.
        let cumulativeMACs: Int
    }

    let format = "erde.stages"
    let version = 1
    let writtenBy = "erde \(erdeVersion)"
    let modelHash: String
    let classNames: [String]
    let image: ImageFormat
    let pixelRange: [Double] = [0, 1]
    let score: Score
    let rule = "an image leaves at the first stage whose score is less than its threshold; the last stage answers the rest"
    let budgetMACs: Double?
    let operatingPoints: [OperatingPoint]
    let stages: [Stage]

    /// - Throws: `ErdeError` of kind `badData`.
    func json() throws(ErdeError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        } catch {
            throw ErdeError(.badData, "stages.json", "cannot be written as JSON: \(error)")
        }
    }
}

extension StageContract.Port {
    init(_ info: ONNXValueInfo) {
        name = info.name
        dataType = [DataType.uint8, .int8].first { $0.onnx == info.elementType }?.rawValue
        shape = (info.shape ?? []).map { dimension in
            if case .fixed(let extent) = dimension { .fixed(extent) } else { .batch }
        }
    }
}

extension GateScore {
    /// The score in mathematics, for `p = softmax(logits)` over K classes.
    var formula: String {
        switch self {
        case .entropy: "max(0, -sum(p * ln(p))), p = softmax(logits), in nats"
        case .normalizedEntropy: "max(0, -sum(p * ln(p))) / ln(K), p = softmax(logits)"
        case .oneMinusMaximum: "1 - max(p), p = softmax(logits)"
        }
    }
}
