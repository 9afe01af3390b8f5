import Diagnostics
import Graphs
import Tensors
import Testing

@Suite struct ShapeInferenceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let op: Op
        let operands: [TensorType]
        let results: [TensorType]

        init(_ op: Op, _ operands: [TensorType], _ results: [TensorType] = []) {
            self.op = op
            self.operands = operands
            self.results = results
        }

        var testDescription: String { "\(op.name)(\(op.attributeText)) of \(operands)" }
    }

    static func float(_ dimensions: Int...) -> TensorType { TensorType(Shape(dimensions)) }
    static func int(_ dimensions: Int...) -> TensorType { TensorType(Shape(dimensions), .int32) }
    static let strided = ConvolutionAttributes(
        strides: Extent(height: 2, width: 3), padding: Padding(top: 1, left: 0, bottom: 2, right: 1),
        dilations: Extent(height: 1, width: 2), groups: 2)
    static let window = PoolAttributes(kernel: Extent(height: 2, width: 3), strides: Extent(2))
    static let normalization = BatchNormalizationAttributes()
    static let momentum = MomentumAttributes(momentum: 0.9, weightDecay: 0, nesterov: true)

    static let right: [Case] = [
        // Height (7 + 1 + 2 − 3)/2 + 1 = 4, width (11 + 0 + 1 − (2·2 + 1))/3 + 1 = 3.
        Case(.convolution(strided), [float(5, 4, 7, 11), float(6, 2, 3, 3)], [float(5, 6, 4, 3)]),
        Case(.convolution(strided), [float(5, 4, 7, 11), float(6, 2, 3, 3), float(6)], [float(5, 6, 4, 3)]),
        Case(.convolution(ConvolutionAttributes()), [float(0, 1, 1, 1), float(1, 1, 1, 1)], [float(0, 1, 1, 1)]),
        Case(
            .convolutionDataGradient(strided), [float(5, 6, 4, 3), float(6, 2, 3, 3), float(5, 4, 7, 11)],
            [float(5, 4, 7, 11)]),
        Case(
            .convolutionWeightGradient(strided), [float(5, 6, 4, 3), float(5, 4, 7, 11), float(6, 2, 3, 3)],
            [float(6, 2, 3, 3)]),
        Case(.linear, [float(3, 5), float(7, 5), float(7)], [float(3, 7)]),
        Case(.matMul(transposeLeft: false, transposeRight: false), [float(2, 3), float(3, 5)], [float(2, 5)]),
        Case(.matMul(transposeLeft: true, transposeRight: false), [float(3, 2), float(3, 5)], [float(2, 5)]),
        Case(.matMul(transposeLeft: true, transposeRight: true), [float(3, 2), float(5, 3)], [float(2, 5)]),
        Case(
            .batchNormalization(normalization), [float(2, 3), float(3), float(3), float(3), float(3)], [float(2, 3)]),
        Case(
            .batchNormalizationTraining(normalization), [float(2, 3, 4, 5), float(3), float(3)],
            [float(2, 3, 4, 5), float(3), float(3)]),
        Case(
            .batchNormalizationGradient(normalization),
            [float(2, 3, 4, 5), float(2, 3, 4, 5), float(3), float(3), float(3)],
            [float(2, 3, 4, 5), float(3), float(3)]),
        Case(.movingAverage(momentum: 0.1), [float(3), float(3)], [float(3)]),
        Case(.maxPool(window), [float(2, 3, 5, 7)], [float(2, 3, 2, 3)]),
        Case(.maxPoolGradient(window), [float(2, 3, 2, 3), float(2, 3, 5, 7)], [float(2, 3, 5, 7)]),
        Case(.averagePool(window), [float(2, 3, 5, 7)], [float(2, 3, 2, 3)]),
        Case(.averagePoolGradient(window), [float(2, 3, 2, 3), float(2, 3, 5, 7)], [float(2, 3, 5, 7)]),
        Case(.globalAveragePool, [float(2, 3, 5, 7)], [float(2, 3, 1, 1)]),
        Case(.relu, [float(2)], [float(2)]),
        Case(.reluGradient, [float(2), float(2)], [float(2)]),
        Case(.clip(lower: 0, upper: 6), [float(2)], [float(2)]),
        Case(.clipGradient(lower: 0, upper: 6), [float(2), float(2)], [float(2)]),
        Case(.affine(scale: 2, offset: 1), [float()], [float()]),
        Case(.exp, [float(2)], [float(2)]),
        Case(.log, [float(2)], [float(2)]),
        Case(.squareRoot, [float(2)], [float(2)]),
        Case(.stopGradient, [int(2)], [int(2)]),
        Case(.dropout(rate: 0.5), [float(2, 3)], [float(2, 3)]),
        Case(.randomDropout(rate: 0.5, salt: 1), [float(2, 3), int(2)], [float(2, 3)]),
        Case(.add, [float(2, 1, 4), float(3, 1)], [float(2, 3, 4)]),
        Case(.subtract, [float(), float(3)], [float(3)]),
        Case(.multiply, [float(0, 3), float(1, 3)], [float(0, 3)]),
        Case(.divide, [float(2, 3), float(3)], [float(2, 3)]),
        Case(.maximum, [float(2, 3), float(2, 1)], [float(2, 3)]),
        Case(.equal, [int(2), int(2)], [float(2)]),
        Case(.less, [float(2, 3), float()], [float(2, 3)]),
        Case(.logSoftmax, [float(2, 5)], [float(2, 5)]),
        Case(.argMax, [float(2, 5)], [int(2)]),
        Case(.oneHot(classes: 5), [int(2)], [float(2, 5)]),
        Case(.reduceSum(Reduction(axes: [0, 2])), [float(2, 3, 4)], [float(3)]),
        Case(.reduceMean(Reduction(axes: [0, 2], keepsAxes: true)), [float(2, 3, 4)], [float(1, 3, 1)]),
        Case(.reduceSum(Reduction(axes: [])), [float(2)], [float(2)]),
        Case(.sumOfSquares, [float(2, 3)], [float()]),
        Case(.sumTo, [float(2, 3, 4), float(3, 1)], [float(3, 1)]),
        Case(.broadcastTo, [float(3, 1), float(2, 3, 4)], [float(2, 3, 4)]),
        Case(.reshape(trailing: [2, 6]), [float(5, 3, 4)], [float(5, 2, 6)]),
        Case(.reshape(trailing: []), [float(5, 1)], [float(5)]),
        Case(.concatenate, [float(2, 3, 4, 5), float(2, 1, 4, 5)], [float(2, 4, 4, 5)]),
        Case(.concatenate, [float(2, 3), float(2, 5)], [float(2, 8)]),
        Case(.channelSlice(start: 2, count: 3), [float(2, 5, 4, 4)], [float(2, 3, 4, 4)]),
        Case(.channelSlice(start: 4, count: 1), [float(0, 5)], [float(0, 1)]),
        Case(.sigmoid, [float(2, 3)], [float(2, 3)]),
        Case(.hardSigmoid(slope: 0.2, offset: 0.5), [float(2)], [float(2)]),
        Case(.errorFunction, [float()], [float()]),
        Case(.transpose(permutation: [0, 2, 1]), [float(2, 3, 5)], [float(2, 5, 3)]),
        Case(.pad(Padding(top: 1, left: 2, bottom: 3, right: 4)), [float(2, 3, 4, 5)], [float(2, 3, 8, 11)]),
        Case(.crop(Padding(top: 1, left: 2, bottom: 2, right: 0)), [float(2, 3, 4, 5)], [float(2, 3, 1, 3)]),
        Case(
            .momentumUpdate(momentum), [float(2, 3), float(2, 3), float(2, 3), float(), float()],
            [float(2, 3), float(2, 3)]),
        Case(.quantize(Quantization(.uint8, scale: 0.5)), [float(2, 3)], [TensorType([2, 3], .uint8)]),
        Case(.quantize(Quantization(.int8, scales: [1, 2])), [float(2, 3)], [TensorType([2, 3], .int8)]),
        Case(.dequantize(Quantization(.int8, scale: 0.5)), [TensorType([4], .int8)], [float(4)]),
        Case(.fakeQuantize(Quantization(.int8, scale: 0.5)), [float(2, 3)], [float(2, 3)]),
        Case(.fakeQuantizeChannels(limit: 127), [float(2, 3, 1, 1)], [float(2, 3, 1, 1)]),
    ]

    @Test(arguments: right) func rightOperandsHaveResults(_ example: Case) throws {
        #expect(try example.op.inferTypes(example.operands) == example.results)
    }

    @Test(arguments: right) func aMissingOrSurplusOperandIsRefused(_ example: Case) {
        let biasIsOptional = ["convolution", "linear"].contains(example.op.name)
        if !(biasIsOptional && example.operands.count == 3) {
            refuse(Case(example.op, Array(example.operands.dropLast())))
        }
        if !(biasIsOptional && example.operands.count == 2) { refuse(Case(example.op, example.operands + [Self.float(2)])) }
    }

    static let wrong: [Case] = [
        // Convolutions: ranks, channels, groups, bias, window larger than the image, strides, padding, element type.
        Case(.convolution(ConvolutionAttributes()), [float(1, 2, 3), float(1, 2, 3, 3)]),
        Case(.convolution(ConvolutionAttributes()), [float(1, 2, 3, 3), float(1, 3, 3, 3)]),
        Case(.convolution(ConvolutionAttributes(groups: 2)), [float(1, 4, 3, 3), float(3, 2, 3, 3)]),
        Case(.convolution(ConvolutionAttributes(groups: 0)), [float(1, 4, 3, 3), float(3, 2, 3, 3)]),
        Case(.convolution(ConvolutionAttributes()), [float(1, 2, 3, 3), float(4, 2, 3, 3), float(3)]),
        Case(.convolution(ConvolutionAttributes()), [float(1, 2, 3, 2), float(4, 2, 3, 3)]),
        Case(.convolution(ConvolutionAttributes(strides: Extent(0))), [float(1, 2, 3, 3), float(4, 2, 3, 3)]),
        Case(.convolution(ConvolutionAttributes(padding: Padding(-1))), [float(1, 2, 9, 9), float(4, 2, 3, 3)]),
        Case(.convolution(ConvolutionAttributes()), [int(1, 2, 3, 3), float(4, 2, 3, 3)]),
        Case(
            .convolutionDataGradient(strided), [float(5, 6, 4, 4), float(6, 2, 3, 3), float(5, 4, 7, 11)]),
        Case(
            .convolutionWeightGradient(strided), [float(5, 6, 4, 3), float(4, 4, 7, 11), float(6, 2, 3, 3)]),
        // Products
        Case(.linear, [float(3, 5), float(5, 7)]),
        Case(.linear, [float(3, 5), float(7, 5), float(5)]),
        Case(.linear, [float(3, 5, 1), float(7, 5)]),
        Case(.matMul(transposeLeft: false, transposeRight: true), [float(2, 3), float(3, 5)]),
        // Normalisation
        Case(.batchNormalization(normalization), [float(2, 3), float(3), float(3), float(3), float(2)]),
        Case(.batchNormalizationTraining(normalization), [float(2, 3, 4), float(3), float(3)]),
        Case(
            .batchNormalizationGradient(normalization), [float(2, 3), float(2, 4), float(3), float(3), float(3)]),
        Case(.movingAverage(momentum: 0.1), [float(3), float(4)]),
        // Pooling
        Case(.maxPool(window), [float(2, 3, 1, 7)]),
        Case(.averagePool(window), [float(2, 3, 7)]),
        Case(.maxPoolGradient(window), [float(2, 3, 3, 3), float(2, 3, 5, 7)]),
        Case(.averagePoolGradient(window), [float(2, 3, 3, 3), float(2, 3, 5, 7)]),
        Case(.globalAveragePool, [float(2, 3)]),
        // Elementwise
        Case(.relu, [int(2)]),
        Case(.reluGradient, [float(2), float(3)]),
        Case(.dropout(rate: 1), [float(2)]),
        Case(.randomDropout(rate: -0.1, salt: 0), [float(2), int(2)]),
        Case(.randomDropout(rate: 0.5, salt: 0), [float(2), int(3)]),
        Case(.add, [float(2, 3), float(2)]),
        Case(.multiply, [float(2), int(2)]),
        Case(.equal, [float(2), int(2)]),
        // Rows, reductions, shape
        Case(.logSoftmax, [float(2, 3, 4)]),
        Case(.argMax, [float(2, 0)]),
        Case(.argMax, [float(2)]),
        Case(.oneHot(classes: 3), [float(2)]),
        Case(.oneHot(classes: 0), [int(2)]),
        Case(.reduceSum(Reduction(axes: [2])), [float(2, 3)]),
        Case(.reduceSum(Reduction(axes: [1, 0])), [float(2, 3)]),
        Case(.reduceMean(Reduction(axes: [1, 1])), [float(2, 3)]),
        Case(.sumTo, [float(3, 1), float(3, 4)]),
        Case(.broadcastTo, [float(3, 4), float(3, 1)]),
        Case(.broadcastTo, [float(2), float(3, 1)]),
        Case(.reshape(trailing: [5]), [float(2, 3, 4)]),
        Case(.reshape(trailing: [-3, -4]), [float(2, 3, 4)]),
        Case(.reshape(trailing: []), [float()]),
        // Channels: other extents, other ranks, integers, beyond the channels there are
        Case(.concatenate, [float(2, 3, 4, 5), float(2, 3, 5, 5)]),
        Case(.concatenate, [float(2, 3), float(3, 3)]),
        Case(.concatenate, [float(2, 3), float(2, 3, 1)]),
        Case(.concatenate, [float(2, 3), int(2, 3)]),
        Case(.concatenate, [float(2), float(2)]),
        Case(.channelSlice(start: 3, count: 3), [float(2, 5, 4, 4)]),
        Case(.channelSlice(start: -1, count: 3), [float(2, 5, 4, 4)]),
        Case(.channelSlice(start: 0, count: 0), [float(2, 5)]),
        Case(.channelSlice(start: .max, count: 1), [float(2, 5)]),
        Case(.channelSlice(start: 0, count: 1), [float(5)]),
        // Planes: slopes, permutations, padding, element type
        Case(.hardSigmoid(slope: 0, offset: 0.5), [float(2)]),
        Case(.sigmoid, [int(2)]),
        Case(.transpose(permutation: [0, 1]), [float(2, 3, 4)]),
        Case(.transpose(permutation: [0, 2, 2]), [float(2, 3, 4)]),
        Case(.transpose(permutation: [0, -1]), [float(2, 3)]),
        Case(.pad(Padding(-1)), [float(2, 3, 4, 4)]),
        Case(.pad(Padding(.max)), [float(2, 3, 4, 4)]),
        Case(.pad(Padding(1)), [float(2, 3, 4)]),
        Case(.crop(Padding(2)), [float(2, 3, 4, 5)]),
        // Quantization: floats as integers, other integers, scales that are not there
        Case(.quantize(Quantization(.float32, scale: 1)), [float(2)]),
        Case(.quantize(Quantization(.int8, scale: 1)), [int(2)]),
        Case(.quantize(Quantization(.int8, scale: 0)), [float(2)]),
        Case(.quantize(Quantization(.int8, scales: [1, 1, 1])), [float(2)]),
        Case(.dequantize(Quantization(.int8, scale: 1)), [TensorType([2], .uint8)]),
        Case(.fakeQuantize(Quantization(.int8, scales: [1, 1])), [float(2)]),
        Case(.fakeQuantizeChannels(limit: 128), [float(2)]),
        // Learning
        Case(.momentumUpdate(momentum), [float(2), float(3), float(2), float(), float()]),
        Case(.momentumUpdate(momentum), [float(2), float(2), float(2), float(1), float()]),
    ]

    @Test(arguments: wrong) func wrongOperandsAreRefused(_ example: Case) { refuse(example) }

    @Test func everyOperatorIsInTheTable() {
        // The number of cases of Op; a new operator makes the compiler ask for its rule, and this test for its example.
        #expect(Set(Self.right.map(\.op.name)).count == 54)
    }

    @Test func theBuilderNamesTheNodeThatDoesNotFit() throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([2, 3]))
        let error = try #require(throws: ErdeError.self) {
            try builder.scoped("stage1") { (builder: inout GraphBuilder) throws(ErdeError) in
                try builder.apply(.globalAveragePool, x, name: "pool")
            }
        }
        #expect(error.subject == "stage1_pool")
        #expect(error.problem == "globalAveragePool expects rank 4 at operand 1, found (float32[2, 3])")
    }

    private func refuse(_ example: Case, sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: ErdeError.self, "\(example.testDescription)", sourceLocation: sourceLocation) {
            try example.op.inferTypes(example.operands)
        }
        #expect(error?.kind == .badData, sourceLocation: sourceLocation)
        #expect(error?.problem.contains(" expects ") == true, sourceLocation: sourceLocation)
    }
}
