import CPUEngine
import Execution
import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// A convolution with what follows it, from bytes to bytes: one primitive against the plain loops of its parts.
@Suite("Convolutions of bytes")
struct QuantizedConvolutionTests {
    struct Geometry: Sendable, CustomTestStringConvertible {
        var image: [Int]
        var outputs: Int
        var kernel = 3
        var attributes = ConvolutionAttributes(padding: Padding(1))
        var source = DataType.uint8
        var result = DataType.int8
        var activation: Op?
        var hasAddend = false
        /// Whether the addend is a variable instead of an input.
        var isAddendStored = false
        var hasBias = true

        var testDescription: String {
            "\(image) to \(outputs), \(kernel)x\(kernel), \(attributes.groups) groups, \(source) to \(result), "
                + "addend \(hasAddend)\(isAddendStored ? " stored" : ""), \(activation?.name ?? "linear")"
        }
    }

    static let depthwise = ConvolutionAttributes(strides: Extent(2), padding: Padding(1), groups: 17)
    static let geometries = [
        Geometry(image: [1, 1, 5, 7], outputs: 3), Geometry(image: [2, 3, 9, 7], outputs: 16, source: .int8),
        Geometry(image: [3, 16, 8, 8], outputs: 16, result: .uint8, activation: .relu),
        Geometry(image: [2, 16, 7, 5], outputs: 16, hasAddend: true),
        Geometry(image: [2, 16, 7, 5], outputs: 16, hasAddend: true, isAddendStored: true),
        Geometry(image: [2, 17, 7, 5], outputs: 33, source: .int8, result: .uint8, activation: .relu, hasAddend: true),
        Geometry(image: [1, 64, 6, 6], outputs: 64, result: .uint8, activation: .clip(lower: 0, upper: 0.5)),
        Geometry(image: [2, 24, 5, 5], outputs: 40, kernel: 1, attributes: ConvolutionAttributes(), hasAddend: true),
        Geometry(image: [2, 17, 9, 7], outputs: 17, attributes: depthwise, result: .uint8, activation: .relu),
        Geometry(
            image: [2, 12, 6, 5], outputs: 20, attributes: ConvolutionAttributes(padding: Padding(1), groups: 4),
            source: .int8, hasAddend: true),
        Geometry(
            image: [1, 5, 11, 11], outputs: 7, attributes: ConvolutionAttributes(strides: Extent(2), dilations: Extent(2)),
            hasBias: false),
        Geometry(
            image: [1, 32, 8, 7], outputs: 9, kernel: 1, attributes: ConvolutionAttributes(strides: Extent(2)), source: .int8),
    ]

    @Test("are within one step of the plain loops", arguments: EngineUnderTest.all, geometries)
    func agree(subject: EngineUnderTest, geometry: Geometry) throws {
        var random = RandomTensors(seed: 83)
        let scale: Float = 0.011
        let result = Quantization(geometry.result, scale: 0.017)
        var builder = GraphBuilder()
        var parameters = Parameters()
        var inputs: [String: Tensor] = [:]

        func bytes(
            _ name: String, _ shape: [Int], _ type: DataType, _ scale: Float, isStored: Bool = false
        ) throws -> Value {
            let range = type == .int8 ? -128...127 : 0...255
            let type = TensorType(Shape(shape), type)
            let content = Tensor(type, exactly: random.smallIntegers(type.shape, in: range).floats)
            let value: Value
            if isStored {
                parameters[name] = content
                value = builder.variable(name, type.shape, role: .weight, dataType: type.dataType)
            } else {
                inputs[name] = content
                value = builder.input(name, type, isBatched: false)
            }
            return try builder.apply(.dequantize(Quantization(type.dataType, scale: scale)), value)
        }
        let x = try bytes("x", geometry.image, geometry.source, scale)
        let (outputs, inner) = (geometry.outputs, geometry.image[1] / geometry.attributes.groups)
        let weightScales = (0..<outputs).map { 0.0007 * Float(1 + $0 % 5) }
        let weightShape: Shape = [outputs, inner, geometry.kernel, geometry.kernel]
        parameters["weight"] = Tensor(
            TensorType(weightShape, .int8), exactly: random.smallIntegers(weightShape, in: -127...127).floats)
        let weight = builder.variable("weight", weightShape, role: .weight, dataType: .int8)
        var operands = [x, try builder.apply(.dequantize(Quantization(.int8, scales: weightScales)), weight)]
        if geometry.hasBias {
            parameters["bias"] = Tensor(
                TensorType([outputs], .int32), exactly: random.smallIntegers([outputs], in: -9000...9000).floats)
            let bias = builder.variable("bias", [outputs], role: .bias, dataType: .int32)
            operands.append(
                try builder.apply(.dequantize(Quantization(.int32, scales: weightScales.map { $0 * scale })), bias))
        }
        var y = try builder.apply(.convolution(geometry.attributes), operands)[0]
        if geometry.hasAddend {
            y = try builder.apply(
                .add, y,
                bytes("r", builder.shape(of: y).dimensions, geometry.result, 0.009, isStored: geometry.isAddendStored))
        }
        if let activation = geometry.activation { y = try builder.apply(activation, y) }
        let quantized = try builder.apply(.quantize(result), y)
        builder.output("bytes", quantized)
        builder.output("floats", try builder.apply(.dequantize(result), quantized))
        try GraphVerifier.verify(builder.graph)

        let expected = try ReferenceEngine().compile(builder.graph, parameters: parameters).run(inputs)
        let executable = try subject.engine.compile(builder.graph, parameters: parameters, options: subject.options)
        // Nothing of other images may stay.
        _ = try executable.run(inputs.mapValues { Tensor($0.type, exactly: [Float](repeating: 1, count: $0.shape.count)) })
        let actual = try executable.run(inputs)
        let step = Tolerance(absolute: 1, relative: 0, reason: "a sum near the middle of two steps may go to either")
        let (found, wanted) = (try #require(actual["bytes"]), try #require(expected["bytes"]))
        expectClose(found, wanted, step)
        let off = zip(found.doubles, wanted.doubles).count { $0 != $1 }
        #expect(off * 50 <= wanted.shape.count, "\(off) of \(wanted.shape.count) are off by one")
        #expect(Set(wanted.doubles).count > 8, "the bytes say something")
        #expect(try #require(actual["floats"]).doubles == found.doubles.map { Double(Float($0) * 0.017) })
        #expect(try executable.run(inputs)["bytes"] == found)
    }
}
