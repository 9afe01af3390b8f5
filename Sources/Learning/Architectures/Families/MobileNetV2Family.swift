import Artifacts
import Diagnostics
import Graphs

/// Inverted residuals with linear bottlenecks (Sandler et al., "MobileNetV2", 2018), in the form for small images: the stem
/// and the second stage keep the resolution.
///
/// A block widens its input by the expansion with a 1x1 convolution, filters each channel with a 3x3 one, and narrows it
/// with a linear 1x1 one; ReLU6 follows the first two. Blocks of the first stage are not widened.
struct MobileNetV2Family: NetworkFamily {
    let examples = ["mobilenetv2", "mobilenetv2x0.5", "mobilenetv2:widths=16,24,40:blocks=1,2,2:strides=1,2,2"]
    let summary = "inverted residuals with depthwise convolutions; a width factor may follow"
    let standardHead = ArchitectureDescription.Head.global
    let standardDropout = 0.2

    private static let widths = [16, 24, 32, 64, 96, 160, 320]
    private static let blocks = [1, 2, 3, 4, 3, 3, 1]
    private static let strides = [1, 1, 2, 2, 1, 2, 1]
    private static let factors = [0.25, 0.35, 0.5, 0.75, 1.4]
    private static let prefix = "mobilenetv2x"

    var rules: [FieldRule] {
        [
            FieldRule(.widths, 1...4096) { _ in Self.widths },
            FieldRule(.blocks, 1...100) { fields in
                fields.list(.widths).count == Self.blocks.count ? Self.blocks : fields.list(.widths).map { _ in 2 }
            },
            FieldRule(.strides, 1...2) { fields in
                let count = fields.list(.widths).count
                return count == Self.strides.count ? Self.strides : (0..<count).map { $0 == 0 ? 1 : 2 }
            },
            FieldRule(.expansion, 1...16, standard: 6),
            FieldRule(.stem, 1...4096) { fields in [min(2 * (fields.list(.widths).first ?? 16), 4096)] },
            FieldRule(.last, 0...16384) { fields in [4 * (fields.list(.widths).last ?? 320)] },
        ]
    }

    func fields(ofShortName name: String) throws(ErdeError) -> NetworkFields? {
        guard name.hasPrefix(Self.prefix), let factor = Double(name.dropFirst(Self.prefix.count)), factor > 0, factor <= 8
        else { return nil }
        // The last convolution is never thinner than the paper's.
        return [
            .widths: Self.widths.map { Self.scaled($0, by: factor) }, .stem: [Self.scaled(32, by: factor)],
            .last: [Self.scaled(1280, by: max(1, factor))],
        ]
    }

    func shortName(for fields: NetworkFields) -> String? {
        Self.factors.first { factor in fields.list(.widths) == Self.widths.map { Self.scaled($0, by: factor) } }
            .map { "\(Self.prefix)\($0)" }
    }

    /// The multiple of 8 nearest to the product, as long as it is not less than nine tenths of it.
    private static func scaled(_ width: Int, by factor: Double) -> Int {
        let exact = Double(width) * factor
        let rounded = max(8, (Int(exact) + 4) / 8 * 8)
        return Double(rounded) < 0.9 * exact ? rounded + 8 : rounded
    }

    /// The ends of the stages behind which the resolution falls.
    func standardExits(of fields: NetworkFields) -> [Int] {
        let (ends, strides) = (fields.stageEnds, fields.list(.strides))
        return ends.indices.filter { $0 == ends.count - 1 || strides[$0 + 1] > 1 }.map { ends[$0] }
    }

    func build(_ fields: NetworkFields, on image: Value, in network: inout NetworkBuilder) throws(ErdeError) {
        let (widths, blocks, strides) = (fields.list(.widths), fields.list(.blocks), fields.list(.strides))
        var x = try network.layer(image, "stem", channels: fields.number(.stem), kernel: 3, then: .relu6)
        for stage in widths.indices {
            for block in 0..<blocks[stage] {
                x = try self.block(
                    x, "stage\(stage + 1)_block\(block + 1)", channels: widths[stage],
                    stride: block == 0 ? strides[stage] : 1, expansion: stage == 0 ? 1 : fields.number(.expansion),
                    in: &network)
                let isLast = stage == widths.count - 1 && block == blocks[stage] - 1
                if isLast, fields.number(.last) > 0 {
                    x = try network.layer(x, "last", channels: fields.number(.last), kernel: 1, then: .relu6)
                }
                try network.endBlock(x, isActive: isLast && fields.number(.last) > 0)
            }
        }
    }

    private func block(
        _ x: Value, _ name: String, channels: Int, stride: Int, expansion: Int, in network: inout NetworkBuilder
    ) throws(ErdeError) -> Value {
        let width = expansion * network.channels(of: x)
        var y = x
        if expansion > 1 { y = try network.layer(y, "\(name)_expand", channels: width, kernel: 1, then: .relu6) }
        y = try network.layer(
            y, "\(name)_depthwise", channels: width, kernel: 3, stride: stride, groups: width, then: .relu6)
        y = try network.layer(y, "\(name)_project", channels: channels, kernel: 1, then: .none)
        guard stride == 1, network.channels(of: x) == channels else { return y }
        return try network.builder.apply(.add, y, x, name: "\(name)_add")
    }

    /// Widths by the paper's factors, at most so many blocks in a stage, and the expansion whole or halved.
    func students(of teacher: NetworkFields, exits: Int) -> [NetworkFields] {
        let lastBlock = standardExits(of: teacher)[exits - 1]
        let stages = teacher.stageEnds.filter { $0 <= lastBlock }.count
        let narrowed = Self.factors.filter { $0 < 1 }.map { factor in
            teacher.list(.widths).map { min($0, Self.scaled($0, by: factor)) }
        }
        var students: [NetworkFields] = []
        for widths in narrowed + [teacher.list(.widths)] {
            for limit in 1...(teacher.list(.blocks).max() ?? 1) {
                for expansion in Set([teacher.number(.expansion), max(1, teacher.number(.expansion) / 2)]) {
                    var student = teacher
                    for (field, list) in [
                        (ArchitectureDescription.Field.widths, widths), (.strides, teacher.list(.strides)),
                        (.blocks, teacher.list(.blocks).map { min($0, limit) }),
                    ] { student[field] = Array(list.prefix(stages)) }
                    student[.expansion] = [expansion]
                    student[.stem] = [min(teacher.number(.stem), max(8, 2 * widths[0]))]
                    student[.last] = [min(teacher.number(.last), 4 * widths[stages - 1])]
                    students.append(student)
                }
            }
        }
        return students
    }
}
