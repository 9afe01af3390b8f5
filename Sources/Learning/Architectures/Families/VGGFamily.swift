import Artifacts
import Diagnostics
import Graphs

/// Plain 3x3 convolutions with batch normalisation (Simonyan and Zisserman, "Very Deep Convolutional Networks", 2015;
/// Ioffe and Szegedy, 2015), in the form for small images: the fully connected layers are the exits' own.
///
/// 2x2 max pooling between stages halves height and width, rounding down; an exit reads a stage before its pooling.
struct VGGFamily: NetworkFamily {
    let examples = ["vgg16", "vgg11", "vgg13", "vgg19", "vgg:widths=64,128,256:blocks=2,2,3"]
    let summary = "plain convolutions with batch normalisation"
    let rules: [FieldRule] = [.widths, .blocks]
    let standardHead = ArchitectureDescription.Head.pool2
    let standardDropout = 0.5

    /// Convolutions of each stage, by the layers with weights of the paper's network.
    private static let blocks = [
        "vgg11": [1, 1, 2, 2, 2], "vgg13": [2, 2, 2, 2, 2], "vgg16": [2, 2, 3, 3, 3], "vgg19": [2, 2, 4, 4, 4],
    ]

    func fields(ofShortName name: String) throws(ErdeError) -> NetworkFields? {
        guard let blocks = Self.blocks[name] else { return nil }
        return [.widths: [64, 128, 256, 512, 512], .blocks: blocks]
    }

    func shortName(for fields: NetworkFields) -> String? {
        Self.blocks.first { $0.value == fields.list(.blocks) }?.key
    }

    func standardExits(of fields: NetworkFields) -> [Int] { fields.stageEnds }

    func build(_ fields: NetworkFields, on image: Value, in network: inout NetworkBuilder) throws(ErdeError) {
        var x = image
        for (stage, (width, blocks)) in zip(fields.list(.widths), fields.list(.blocks)).enumerated() {
            if stage > 0 { x = try network.builder.apply(.maxPool(network.halving(x)), x, name: "stage\(stage + 1)_pool") }
            for block in 0..<blocks {
                x = try network.layer(x, "stage\(stage + 1)_block\(block + 1)", channels: width, kernel: 3)
                try network.endBlock(x, isActive: true)
            }
        }
    }

    /// Widths scaled together, and fewer convolutions in a stage.
    func students(of teacher: NetworkFields, exits: Int) -> [NetworkFields] {
        StageVariation.networks(of: teacher, stages: exits)
    }
}
