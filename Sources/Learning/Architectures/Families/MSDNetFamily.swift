import Artifacts
import Diagnostics
import Graphs

/// Multi-scale dense networks (Huang et al., "Multi-Scale Dense Networks for Resource Efficient Image Classification",
/// 2018), in the form for small images: made for early exits, with coarse features from the first layer on.
///
/// Each layer carries several scales side by side, scale s half as fine as s − 1 and 2^s times as wide, up to 4 times. A
/// layer adds to every scale: half of its new channels come from the finer scale by a convolution with stride 2, half from
/// the scale itself; the finest takes all from itself. Exits read the coarsest. Every `layers`/`scales` layers the finest
/// scale is dropped and a 1x1 convolution keeps `compression` percent of the channels of the others.
struct MSDNetFamily: NetworkFamily {
    let examples = ["msdnet", "msdnet:layers=8", "msdnet:layers=10:base=4:step=2:growth=6:scales=3"]
    let summary = "multi-scale dense network: layers, first exit, layers between exits"
    let standardHead = ArchitectureDescription.Head.convolutions
    let standardDropout = 0.0

    let rules = [
        FieldRule(.layers, 1...200, standard: 22), FieldRule(.base, 1...200) { fields in [min(4, fields.number(.layers))] },
        FieldRule(.step, 1...200, standard: 2), FieldRule(.scales, 1...6, standard: 3),
        FieldRule(.stem, 1...512, standard: 16), FieldRule(.growth, 1...256, standard: 6),
        FieldRule(.bottleneck, 0...16, standard: 1), FieldRule(.compression, 1...100, standard: 50),
    ]

    func contradiction(in fields: NetworkFields) -> String? {
        let (base, layers) = (fields.number(.base), fields.number(.layers))
        return base > layers ? "base=\(base), the layer of the first exit, in a network of layers=\(layers)" : nil
    }

    func standardExits(of fields: NetworkFields) -> [Int] {
        let last = fields.number(.layers)
        let regular = Array(stride(from: fields.number(.base), through: last, by: max(1, fields.number(.step))))
        return regular.last == last ? regular : regular + [last]
    }

    /// How many times wider than the finest a scale is.
    private func factor(_ scale: Int) -> Int { min(1 << scale, 4) }

    func build(_ fields: NetworkFields, on image: Value, in network: inout NetworkBuilder) throws(ErdeError) {
        let (layers, scales) = (fields.number(.layers), fields.number(.scales))
        /// The features of each scale; nil where a scale was dropped.
        var x: [Value?] = []
        for scale in 0..<scales {
            let finer = x.last ?? nil
            x.append(
                try network.layer(
                    finer ?? image, "stem_scale\(scale + 1)", channels: fields.number(.stem) * factor(scale), kernel: 3,
                    stride: finer == nil ? 1 : 2))
        }
        let interval = (layers + scales - 1) / scales
        for layer in 0..<layers {
            let name = "layer\(layer + 1)"
            let finest = layer / interval
            let dropsScale = layer > 0 && finest > (layer - 1) / interval
            var y = [Value?](repeating: nil, count: scales)
            for scale in finest..<scales {
                y[scale] = try self.layer(x, scale: scale, name, fields, in: &network)
                guard dropsScale, let features = y[scale] else { continue }
                let kept = max(1, network.channels(of: features) / factor(scale) * fields.number(.compression) / 100)
                y[scale] = try network.layer(
                    features, "\(name)_scale\(scale + 1)_transition", channels: kept * factor(scale), kernel: 1)
            }
            x = y
            if let coarsest = x[scales - 1] { try network.endBlock(coarsest, isActive: true) }
        }
    }

    /// The features of a scale with those that a layer adds.
    private func layer(
        _ x: [Value?], scale: Int, _ name: String, _ fields: NetworkFields, in network: inout NetworkBuilder
    ) throws(ErdeError) -> Value? {
        guard let own = x[scale] else { return nil }
        let name = "\(name)_scale\(scale + 1)"
        let added = fields.number(.growth) * factor(scale)
        guard scale > 0, let finer = x[scale - 1] else {
            let new = try unit(own, name, channels: added, scale: scale, stride: 1, fields, in: &network)
            return try network.builder.apply(.concatenate, own, new, name: "\(name)_concat")
        }
        let fromFiner = try unit(
            finer, "\(name)_down", channels: max(1, added / 2), scale: scale - 1, stride: 2, fields, in: &network)
        let fromOwn = try unit(
            own, "\(name)_same", channels: added - max(1, added / 2), scale: scale, stride: 1, fields, in: &network)
        return try network.builder.apply(.concatenate, own, fromFiner, fromOwn, name: "\(name)_concat")
    }

    /// A 1x1 bottleneck, where it is narrower than the features, and a 3x3 convolution.
    private func unit(
        _ x: Value, _ name: String, channels: Int, scale: Int, stride: Int, _ fields: NetworkFields,
        in network: inout NetworkBuilder
    ) throws(ErdeError) -> Value {
        var y = x
        let bottleneck = fields.number(.bottleneck)
        if bottleneck > 0 {
            let width = min(network.channels(of: x), bottleneck * factor(scale) * channels)
            y = try network.layer(y, "\(name)_bottleneck", channels: width, kernel: 1)
        }
        return try network.layer(y, name, channels: channels, kernel: 3, stride: stride)
    }

    /// Fewer layers, an earlier first exit, and a smaller growth with a stem in proportion; as many exits at equal distances, or
    /// fewer.
    func students(of teacher: NetworkFields, exits: Int) -> [NetworkFields] {
        let (widest, step) = (teacher.number(.growth), teacher.number(.step))
        let last = standardExits(of: teacher)[exits - 1]
        var students: [NetworkFields] = []
        for growth in 1...widest where growth == widest || widest < 8 || growth % 2 == 0 {
            for layers in 1...last {
                for base in 1...min(teacher.number(.base), layers) {
                    var student = teacher
                    student[.growth] = [growth]
                    student[.stem] = [max(1, teacher.number(.stem) * growth / widest)]
                    student[.layers] = [layers]
                    student[.base] = [base]
                    let isRegular = (layers - base) % step == 0 && (layers - base) / step < exits
                    if isRegular || student == teacher { students.append(student) }
                }
            }
        }
        return students
    }
}
