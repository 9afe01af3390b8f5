import Artifacts
import Diagnostics
import Graphs

/// Densely connected networks with bottlenecks and compression (Huang et al., "Densely Connected Convolutional Networks",
/// 2017).
///
/// Each layer adds `growth` channels to all that came before it: normalisation, ReLU, 1x1 convolution to `bottleneck`
/// growths, normalisation, ReLU, 3x3 convolution, concatenation. Between stages a transition keeps `compression` percent of
/// the channels and halves height and width, rounding down.
struct DenseNetFamily: NetworkFamily {
    let examples = ["densenet-100-12", "densenet-40-24", "densenet:blocks=6,6,6:growth=8"]
    let summary = "densely connected network (DenseNet-BC): depth 6n + 4, growth"
    let standardHead = ArchitectureDescription.Head.global
    let standardDropout = 0.0

    private static let prefix = "densenet-"

    var rules: [FieldRule] {
        [
            FieldRule(.blocks, 1...200), FieldRule(.growth, 1...512, standard: 12),
            FieldRule(.bottleneck, 0...16, standard: 4), FieldRule(.compression, 1...100, standard: 50),
            FieldRule(.stem, 1...4096) { fields in [2 * fields.number(.growth)] },
        ]
    }

    func fields(ofShortName name: String) throws(ErdeError) -> NetworkFields? {
        guard name.hasPrefix(Self.prefix) else { return nil }
        let numbers = name.dropFirst(Self.prefix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard numbers.count == 2, let depth = Int(numbers[0]), let growth = Int(numbers[1]), depth < 1200 else { return nil }
        guard depth > 4, (depth - 4) % 6 == 0 else {
            throw ErdeError(
                .usage, name, "the depth of a densenet is 6n + 4, found \(depth)", remedy: "choose 40, 100, 190 …")
        }
        return [.blocks: [Int](repeating: (depth - 4) / 6, count: 3), .growth: [growth]]
    }

    func shortName(for fields: NetworkFields) -> String? {
        fields.list(.blocks).first.map { "\(Self.prefix)\(6 * $0 + 4)-\(fields.number(.growth))" }
    }

    func standardExits(of fields: NetworkFields) -> [Int] { fields.stageEnds }

    func build(_ fields: NetworkFields, on image: Value, in network: inout NetworkBuilder) throws(ErdeError) {
        let (growth, bottleneck) = (fields.number(.growth), fields.number(.bottleneck))
        var x = try network.convolution(image, "stem", channels: fields.number(.stem), kernel: 3)
        for (stage, blocks) in fields.list(.blocks).enumerated() {
            if stage > 0 { x = try transition(x, "transition\(stage)", percent: fields.number(.compression), in: &network) }
            for block in 0..<blocks {
                let name = "stage\(stage + 1)_block\(block + 1)"
                var y = try network.normalization(x, "\(name)_norm1")
                if bottleneck > 0 {
                    y = try network.convolution(y, "\(name)_conv1", channels: bottleneck * growth, kernel: 1)
                    y = try network.normalization(y, "\(name)_norm2")
                }
                y = try network.convolution(y, "\(name)_conv2", channels: growth, kernel: 3)
                x = try network.builder.apply(.concatenate, x, y, name: "\(name)_concat")
                try network.endBlock(x, isActive: false)
            }
        }
    }

    private func transition(
        _ x: Value, _ name: String, percent: Int, in network: inout NetworkBuilder
    ) throws(ErdeError) -> Value {
        let kept = max(1, network.channels(of: x) * percent / 100)
        var y = try network.normalization(x, "\(name)_norm")
        y = try network.convolution(y, "\(name)_conv", channels: kept, kernel: 1)
        return try network.builder.apply(.averagePool(network.halving(y)), y, name: "\(name)_pool")
    }

    /// Fewer layers in the stages, and a smaller growth with a stem in proportion.
    func students(of teacher: NetworkFields, exits: Int) -> [NetworkFields] {
        let widest = teacher.number(.growth)
        let step = widest >= 16 ? 4 : widest >= 8 ? 2 : 1
        return stride(from: widest, to: 0, by: -step).flatMap { growth in
            StageVariation.blocks(teacher.list(.blocks), stages: exits).map { blocks in
                var student = teacher
                student[.blocks] = blocks
                student[.growth] = [growth]
                student[.stem] = [max(1, teacher.number(.stem) * growth / widest)]
                return student
            }
        }
    }
}
