package import Diagnostics
import FoundationEssentials
import Graphs
package import Tensors

/// What a host must know to run the files of the stages and decide itself: `stages.json`.
package struct StageContract: Encodable, Sendable {
    /// A tensor between host and stage.
    package struct Port: Encodable, Sendable {
        let name: String
        /// Extents; the batch is "N".
        let shape: [Extent]
        /// uint8 or int8 between the stages of a quantized model; missing for float32.
        let dataType: String?
        /// The order of the axes of an image where it is not NCHW.
        let layout: String?

        /// - Parameter dataType: what is not float32 is named.
        package init(name: String, shape: [Extent], dataType: DataType = .float32, layout: String? = nil) {
            self.name = name
            self.shape = shape
            self.dataType = dataType == .float32 ? nil : dataType.rawValue
            self.layout = layout
        }

        /// A tensor with the batch at axis 0, as it is in the graph.
        package init(name: String, _ type: TensorType) {
            let places = type.shape.dimensions.dropFirst().map { Extent.fixed(Int64($0)) }
            self.init(name: name, shape: [.batch] + places, dataType: type.dataType)
        }
    }

    /// An extent of a shape.
    package enum Extent: Encodable, Sendable {
        case batch
        case fixed(Int64)

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .batch: try container.encode("N")
            case .fixed(let extent): try container.encode(extent)
            }
        }
    }

    /// How sure an exit is: `output` of its stage.
    package struct Score: Encodable, Sendable {
        let name: GateScore
        let formula: String
    }

    /// One file and what to do around it.
    package struct Stage: Encodable, Sendable {
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

        /// - Parameters:
        ///   - index: counted from 0; the stage ends at this exit.
        ///   - keep: names of everything that later stages read.
        package init(
            file: String, index: Int, inputs: [Port], logits: Port, score: Port, carries: [Port], keep: [String],
            of model: Model, policy: ExitPolicy?
        ) {
            self.file = file
            exit = index + 1
            self.inputs = inputs
            self.logits = logits
            self.score = score
            self.carries = carries
            self.keep = keep
            let thresholds = policy?.thresholds ?? []
            threshold = index < thresholds.count ? thresholds[index] : nil
            cumulativeMACs = model.metadata.cumulativeMACs[index]
        }
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

    package init(of model: Model, request: ExportRequest, stages: [Stage]) {
        modelHash = request.modelHash
        classNames = model.metadata.classNames
        image = model.metadata.image
        let score = request.policy?.score ?? .entropy
        self.score = Score(name: score, formula: score.formula)
        budgetMACs = request.budgetMACs
        operatingPoints = model.metadata.operatingPoints
        self.stages = stages
    }

    /// The contract of stages written from networks.
    ///
    /// - Parameters:
    ///   - file: the name of a network's file, of several the one that a host opens.
    ///   - port: how the file has a tensor of the network's graph.
    package init(
        of model: Model, request: ExportRequest, networks: [ExportNetwork], file: (ExportNetwork) -> String,
        port: (_ name: String, TensorType) -> Port = Port.init
    ) {
        let stages = networks.enumerated().map { index, network in
            let graph = network.graph
            let outputs = graph.outputs.map { port($0.name, graph.type(of: $0.value)) }
            return Stage(
                file: file(network), index: index,
                inputs: graph.inputs.map { port(graph.name(of: $0.value), graph.type(of: $0.value)) },
                logits: outputs[0], score: outputs[1], carries: Array(outputs.dropFirst(2)), keep: network.liveAfter,
                of: model, policy: request.policy)
        }
        self.init(of: model, request: request, stages: stages)
    }

    /// `stages.json`.
    ///
    /// - Throws: `ErdeError` of kind `badData`.
    package func file() throws(ErdeError) -> FileContent {
        FileContent(
            name: "stages.json", text: try MetadataJSON.text(self, of: "stages.json", formatting: .prettyPrinted) + "\n")
    }
}

extension GateScore {
    /// The score in mathematics, for `p = softmax(logits)` over K classes.
    package var formula: String {
        switch self {
        case .entropy: "max(0, -sum(p * ln(p))), p = softmax(logits), in nats"
        case .normalizedEntropy: "max(0, -sum(p * ln(p))) / ln(K), p = softmax(logits)"
        case .oneMinusMaximum: "1 - max(p), p = softmax(logits)"
        }
    }
}
