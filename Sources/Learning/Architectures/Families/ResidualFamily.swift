import Artifacts
import Diagnostics
import Graphs

/// Pre-activation residual networks of basic blocks (He et al., "Identity Mappings in Deep Residual Networks", 2016), and
/// the wide ones (Zagoruyko and Komodakis, "Wide Residual Networks", 2016), which differ in names and in their stem.
///
/// A 3x3 stem is followed by stages of blocks; every stage but the first halves height and width, rounding up.
struct ResidualFamily: NetworkFamily {
    let examples: [String]
    let summary: String
    /// Depth less this is a multiple of 6.
    private let extraLayers: Int
    /// What stands before the width factor in short names.
    private let separator: String
    private let prefix: String
    /// Channels of the stem; nil: as many as the first stage has.
    private let stem: Int?

    static let preResNet = ResidualFamily(
        examples: ["preresnet-20x2", "preresnet-20", "preresnet:widths=32,64,128:blocks=3,3,3"],
        summary: "pre-activation residual network: depth 6n + 2, width factor", extraLayers: 2, separator: "x",
        prefix: "preresnet-", stem: nil)
    static let wide = ResidualFamily(
        examples: ["wrn-16-4", "wrn:widths=64,128,256:blocks=2,2,2"],
        summary: "wide residual network: depth 6n + 4, width factor", extraLayers: 4, separator: "-", prefix: "wrn-", stem: 16)

    let standardHead = ArchitectureDescription.Head.pool2
    let standardDropout = 0.5

    var rules: [FieldRule] {
        [.widths, .blocks, FieldRule(.stem, 1...16384) { [stem] fields in [stem ?? fields.list(.widths).first ?? 16] }]
    }

    func fields(ofShortName name: String) throws(ErdeError) -> NetworkFields? {
        guard name.hasPrefix(prefix) else { return nil }
        var numbers = name.dropFirst(prefix.count).split(separator: separator, omittingEmptySubsequences: false)
        // Only a preresnet may leave out its factor of 1.
        if numbers.count == 1, stem == nil { numbers.append("1") }
        guard numbers.count == 2, let depth = Int(numbers[0]), let factor = Int(numbers[1]), 1...1024 ~= factor,
            depth < 6000
        else { return nil }
        guard depth > extraLayers, (depth - extraLayers) % 6 == 0 else {
            throw ErdeError(
                .usage, name, "the depth of a \(prefix.dropLast()) is 6n + \(extraLayers), found \(depth)",
                remedy: "choose \(6 + extraLayers), \(12 + extraLayers), \(18 + extraLayers) …")
        }
        let blocks = (depth - extraLayers) / 6
        return [.widths: [16, 32, 64].map { $0 * factor }, .blocks: [blocks, blocks, blocks]]
    }

    func shortName(for fields: NetworkFields) -> String? {
        guard let blocks = fields.list(.blocks).first, let width = fields.list(.widths).first, width >= 16 else { return nil }
        let factor = width / 16
        let ending = factor == 1 && stem == nil ? "" : "\(separator)\(factor)"
        return "\(prefix)\(6 * blocks + extraLayers)\(ending)"
    }

    func standardExits(of fields: NetworkFields) -> [Int] { fields.stageEnds }

    func build(_ fields: NetworkFields, on image: Value, in network: inout NetworkBuilder) throws(ErdeError) {
        var x = try network.convolution(image, "stem", channels: fields.number(.stem), kernel: 3)
        for (stage, (width, blocks)) in zip(fields.list(.widths), fields.list(.blocks)).enumerated() {
            for block in 0..<blocks {
                x = try self.block(
                    x, "stage\(stage + 1)_block\(block + 1)", channels: width, stride: stage > 0 && block == 0 ? 2 : 1,
                    in: &network)
                try network.endBlock(x, isActive: false)
            }
        }
    }

    /// `x + conv(relu(norm(conv(relu(norm(x))))))`. Where the shape changes, the shortcut is a 1x1 convolution of the
    /// activated input.
    private func block(
        _ x: Value, _ name: String, channels: Int, stride: Int, in network: inout NetworkBuilder
    ) throws(ErdeError) -> Value {
        let first = try network.normalization(x, "\(name)_norm1")
        var y = try network.convolution(first, "\(name)_conv1", channels: channels, kernel: 3, stride: stride)
        y = try network.normalization(y, "\(name)_norm2")
        y = try network.convolution(y, "\(name)_conv2", channels: channels, kernel: 3)
        var shortcut = x
        if stride != 1 || network.channels(of: x) != channels {
            shortcut = try network.convolution(first, "\(name)_shortcut", channels: channels, kernel: 1, stride: stride)
        }
        return try network.builder.apply(.add, y, shortcut, name: "\(name)_add")
    }

    /// Widths scaled together, `a` blocks in the first stage and `b ≥ a` in the others, no stage wider or deeper than the
    /// teacher's.
    func students(of teacher: NetworkFields, exits: Int) -> [NetworkFields] {
        let widest = teacher.list(.widths)[0]
        return StageVariation.networks(of: teacher, stages: exits).map { variation in
            var student = variation
            let first = variation.list(.widths)[0]
            student[.stem] = [min(teacher.number(.stem), stem ?? max(1, teacher.number(.stem) * first / widest))]
            return student
        }
    }
}
