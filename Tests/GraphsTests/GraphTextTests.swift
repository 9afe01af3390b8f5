import Graphs
import Tensors
import Testing

@Suite struct GraphTextTests {
    @Test func everyKindOfLine() throws {
        var builder = GraphBuilder()
        let image = builder.input("image", TensorType([2, 4, 5, 5]))
        let seed = builder.input("seed", TensorType([2], .int32), isBatched: false)
        let weight = builder.variable("weight", [6, 2, 3, 3], role: .weight)
        let vectors = ["scale", "bias"].map { builder.variable($0, [6], role: .bias) }
        let mean = builder.variable("mean", [6], role: .statistic)
        let table = builder.constant("table", Tensor(repeating: 1, [6, 2]))
        let labels = builder.constant("labels", Tensor([2], [3, 1 as Int32]))
        let attributes = ConvolutionAttributes(
            strides: Extent(height: 1, width: 2), padding: Padding(top: 1, left: 0, bottom: 1, right: 0), groups: 2)
        let x = try builder.apply(.convolution(attributes), image, weight, name: "conv")
        let normalized = try builder.apply(
            .batchNormalizationTraining(BatchNormalizationAttributes()), [x] + vectors, name: "bn")
        let pool = PoolAttributes(kernel: Extent(5, 2), strides: Extent(1), padding: Padding(1), countsPadding: true)
        _ = try builder.apply(.averagePool(pool), normalized[0])
        let means = try builder.apply(.reduceMean(Reduction(axes: [2, 3], keepsAxes: false)), normalized[0])
        let dropped = try builder.apply(.randomDropout(rate: 0.5, salt: 3), means, seed)
        let product = try builder.apply(.matMul(transposeLeft: false, transposeRight: false), dropped, table)
        let hot = try builder.apply(.oneHot(classes: 2), labels)
        let both = try builder.apply(.concatenate, product, hot, means)
        _ = try builder.apply(.channelSlice(start: 2, count: 7), both)
        builder.output("difference", try builder.apply(.subtract, product, hot))
        builder.update(mean, to: try builder.apply(.movingAverage(momentum: 0.1), mean, normalized[1]))
        #expect(
            GraphText(builder.graph).description == """
                input image: float32[2, 4, 5, 5], batched
                input seed: int32[2]
                weight weight: float32[6, 2, 3, 3]
                bias scale: float32[6]
                bias bias: float32[6]
                statistic mean: float32[6]
                constant table: float32[6, 2] = {12 elements}
                constant labels: int32[2] = {3, 1}
                conv: float32[2, 6, 5, 2] = convolution(strides 1x2, padding top 1 left 0 bottom 1 right 0, groups 2)\
                (image, weight)
                bn: float32[2, 6, 5, 2], bn_1: float32[6], bn_2: float32[6] = \
                batchNormalizationTraining(epsilon 1e-05, momentum 0.1)(conv, scale, bias)
                averagePool: float32[2, 6, 3, 3] = averagePool(kernel 5x2, strides 1x1, padding 1, counts padding)(bn)
                reduceMean: float32[2, 6] = reduceMean(axes [2, 3])(bn)
                randomDropout: float32[2, 6] = randomDropout(rate 0.5, salt 3)(reduceMean, seed)
                matMul: float32[2, 2] = matMul(randomDropout, table)
                oneHot: float32[2, 2] = oneHot(classes 2)(labels)
                concatenate: float32[2, 10] = concatenate(matMul, oneHot, reduceMean)
                channelSlice: float32[2, 7] = channelSlice(start 2, count 7)(concatenate)
                subtract: float32[2, 2] = subtract(matMul, oneHot)
                movingAverage: float32[6] = movingAverage(momentum 0.1)(mean, bn_1)
                output difference = subtract
                update mean = movingAverage

                """)
    }
}

extension Extent {
    fileprivate init(_ height: Int, _ width: Int) { self.init(height: height, width: width) }
}
