import Diagnostics
import Graphs
import Tensors

extension OperatorTable {
    static let hardSigmoid = OperatorRow(type: "HardSigmoid", attributes: ["alpha", "beta"], operands: 1...1) { op in
        guard case .hardSigmoid(let slope, let offset) = op else { return OperatorRow.Encoded() }
        return OperatorRow.Encoded(attributes: [.float("alpha", slope), .float("beta", offset)])
    } decode: { node throws(ErdeError) in
        .hardSigmoid(slope: try node.float("alpha", default: 0.2), offset: try node.float("beta", default: 0.5))
    }

    static let transpose = OperatorRow(type: "Transpose", attributes: ["perm"], operands: 1...1) { op in
        guard case .transpose(let permutation) = op else { return OperatorRow.Encoded() }
        return OperatorRow.Encoded(attributes: [.integers("perm", permutation)])
    } decode: { node throws(ErdeError) in
        let rank = node.shape.rank
        let reversed = Array((0..<rank).reversed())
        return .transpose(permutation: try node.integers("perm", count: rank, atLeast: 0, default: reversed))
    }

    /// Zeros around each plane.
    static let pad = OperatorRow(type: "Pad", attributes: ["mode"], operands: 1...1) { op in
        guard case .pad(let padding) = op else { return OperatorRow.Encoded() }
        let sides = [0, 0, padding.top, padding.left, 0, 0, padding.bottom, padding.right]
        return OperatorRow.Encoded(
            attributes: [ONNXAttribute(name: "mode", value: .text("constant"))], constants: [.list("pads", sides)])
    } decode: { node throws(ErdeError) in
        guard let sides = try node.integers(at: 1), sides.count == 8, sides[0] == 0, sides[1] == 0, sides[4] == 0,
            sides[5] == 0, sides.allSatisfy({ 0...65_536 ~= $0 }), node.node.inputs.count == 2
        else {
            throw node.failure("pads something else than planes with zeros")
        }
        return .pad(Padding(top: sides[2], left: sides[3], bottom: sides[6], right: sides[7]))
    }

    /// A range of channels, or planes without their outermost rows and columns.
    static let slice = OperatorRow(type: "Slice", attributes: [], operands: 1...1) { op in
        switch op {
        case .channelSlice(let start, let count):
            return OperatorRow.Encoded(
                constants: [.list("starts", [start]), .list("ends", [start + count]), .list("axes", [1])])
        case .crop(let padding):
            // An end counts from the far side; there is no negative zero, so the whole axis has an end of its own.
            let ends = [padding.bottom, padding.right].map { $0 == 0 ? Int(Int64.max) : -$0 }
            return OperatorRow.Encoded(
                constants: [
                    .list("starts", [padding.top, padding.left]), .list("ends", ends), .list("axes", [2, 3]),
                ])
        default: return OperatorRow.Encoded()
        }
    } decode: { node throws(ErdeError) in
        guard node.node.inputs.count == 4, let starts = try node.integers(at: 1), let ends = try node.integers(at: 2),
            let axes = try node.integers(at: 3), starts.count == axes.count, ends.count == axes.count,
            starts.allSatisfy({ 0...65_536 ~= $0 })
        else {
            throw node.failure("has no starts, ends and axes of one length")
        }
        switch axes {
        case [1]:
            guard starts[0] <= ends[0], ends[0] <= 65_536 else { throw node.failure("ends before it starts") }
            return .channelSlice(start: starts[0], count: ends[0] - starts[0])
        case [2, 3]:
            let removed = ends.map { $0 == Int(Int64.max) ? 0 : 0 &- $0 }
            guard removed.allSatisfy({ 0...65_536 ~= $0 }) else { throw node.failure("has an end that counts from the front") }
            return .crop(Padding(top: starts[0], left: starts[1], bottom: removed[0], right: removed[1]))
        default: throw node.failure("slices axes \(axes), expected [1] or [2, 3]")
        }
    }
}
