import Testing

/// A TensorFlow Lite file, read by the field numbers of its public schema.
struct TFLiteReading {
    struct Tensor {
        let name: String
        let shape: [Int]
        /// With −1 for the batch; empty for constants.
        let signature: [Int]
        let type: Int8
        let floats: [Float]
        let bytes: [UInt8]
        let scales: [Float]
        let zeroPoints: [Int64]
        let axis: Int32
    }

    struct Call {
        let code: Int32
        let version: Int32
        let inputs: [Int]
        let outputs: [Int]
        let options: FlatView?
    }

    let model: FlatView
    let tensors: [Tensor]
    let calls: [Call]

    init(_ bytes: [UInt8]) throws {
        try #require(bytes.count > 8 && bytes[4..<8].elementsEqual("TFL3".utf8))
        let model = FlatView(bytes)
        self.model = model
        let graph = try #require(model.tables(2).first)
        let buffers = model.tables(4)
        tensors = graph.tables(0).map { tensor in
            let buffer = buffers[Int(tensor.scalar(2, as: UInt32.self) ?? 0)]
            let quantization = tensor.table(4)
            return Tensor(
                name: tensor.string(3) ?? "", shape: tensor.scalars(0).map(Int.init),
                signature: tensor.scalars(7).map(Int.init), type: tensor.scalar(1, as: Int8.self) ?? 0,
                floats: FlatView.floats(in: buffer.scalars(0, as: UInt8.self)),
                bytes: buffer.scalars(0, as: UInt8.self), scales: quantization?.floats(2) ?? [],
                zeroPoints: quantization?.scalars(3, as: Int64.self) ?? [], axis: quantization?.scalar(6) ?? 0)
        }
        let codes = model.tables(1)
        calls = graph.tables(3).map { call in
            let code = codes[Int(call.scalar(0, as: UInt32.self) ?? 0)]
            return Call(
                code: code.scalar(3) ?? 0, version: code.scalar(2) ?? 1, inputs: call.scalars(1).map(Int.init),
                outputs: call.scalars(2).map(Int.init), options: call.table(4))
        }
    }

    func tensor(_ name: String) throws -> Tensor { try #require(tensors.first { $0.name == name }, "\(name)") }

    /// The call that computes a tensor.
    func call(for name: String) throws -> Call {
        let index = try #require(tensors.firstIndex { $0.name == name }, "\(name)")
        return try #require(calls.first { $0.outputs == [index] }, "\(name)")
    }

    /// Names and tensors of the only signature.
    func signature(_ slot: Int) throws -> [(name: String, tensor: Tensor)] {
        let definition = try #require(model.tables(7).first)
        #expect(definition.string(2) == "serving_default")
        return definition.tables(slot).map { ($0.string(0) ?? "", tensors[Int($0.scalar(1, as: UInt32.self) ?? 0)]) }
    }
}

extension FlatView {
    static func floats(in bytes: [UInt8]) -> [Float] {
        guard bytes.count % 4 == 0 else { return [] }
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }
}
