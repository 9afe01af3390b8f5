import Diagnostics
import Graphs
import Tensors
import Testing

/// What the gradient adds to a graph; its numbers are checked where engines are.
@Suite struct DifferentiationTests {
    /// Names of the operators that the gradient added.
    private func added(to builder: GraphBuilder, since count: Int) -> [String] {
        builder.graph.nodes[count...].map(\.op.name)
    }

    @Test func nothingIsComputedForTheImageOrAFrozenTeacher() throws {
        var builder = GraphBuilder()
        let image = builder.input("image", TensorType([2, 3, 6, 6]))
        let weights = (0..<4).map { builder.variable("weight\($0)", [3, 3, 1, 1], role: .weight) }
        let op = Op.convolution(ConvolutionAttributes())
        let student = try builder.apply(op, builder.apply(op, image, weights[0]), weights[1])
        let teacher = try builder.apply(op, builder.apply(op, image, weights[2]), weights[3])
        let loss = try builder.apply(.sumOfSquares, builder.apply(.subtract, student, teacher))
        let count = builder.graph.nodes.count
        let slopes = try gradients(of: loss, withRespectTo: [weights[0], weights[1]], in: &builder)
        #expect(slopes.map { builder.shape(of: $0) } == [[3, 3, 1, 1], [3, 3, 1, 1]])
        let names = added(to: builder, since: count)
        #expect(names.filter { $0 == "convolutionWeightGradient" }.count == 2)
        // One only, from the student's second layer to its first.
        #expect(names.filter { $0 == "convolutionDataGradient" }.count == 1)
        try GraphVerifier.verify(builder.graph)
    }

    @Test func gradientsOfSeveralUsesAreAdded() throws {
        var builder = GraphBuilder()
        let w = builder.variable("w", [3], role: .weight)
        let square = try builder.apply(.multiply, w, w)
        let loss = try builder.apply(.reduceSum(Reduction(axes: [0])), builder.apply(.multiply, square, w))
        let count = builder.graph.nodes.count
        let slopes = try gradients(of: loss, withRespectTo: [w], in: &builder)
        #expect(added(to: builder, since: count).filter { $0 == "add" }.count == 2)
        #expect(builder.type(of: slopes[0]) == TensorType([3]))
        #expect(builder.graph.producer(of: slopes[0])?.op == .add)
    }

    @Test func aVariableWithoutInfluenceGetsZeros() throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([2, 3]))
        let unused = builder.variable("unused", [3], role: .weight)
        let stopped = builder.variable("stopped", [3], role: .weight)
        let compared = builder.variable("compared", [3], role: .weight)
        let shaped = builder.variable("shaped", [2, 3], role: .weight)
        let first = try builder.apply(.multiply, x, builder.apply(.stopGradient, stopped))
        let second = try builder.apply(.multiply, first, builder.apply(.less, x, compared))
        let third = try builder.apply(.broadcastTo, second, shaped)
        let loss = try builder.apply(.sumOfSquares, third)
        let count = builder.graph.nodes.count
        let variables = [unused, stopped, compared, shaped]
        let slopes = try gradients(of: loss, withRespectTo: variables, in: &builder)
        // Four times zeros and nothing else.
        #expect(added(to: builder, since: count) == ["affine", "affine", "affine", "affine"])
        for (variable, slope) in zip(variables, slopes) {
            #expect(builder.type(of: slope) == builder.type(of: variable))
            #expect(builder.graph.producer(of: slope)?.op == .affine(scale: 0, offset: 0))
        }
    }

    @Test func theLossItselfHasTheGradientOne() throws {
        var builder = GraphBuilder()
        let w = builder.variable("w", [], role: .weight)
        let slopes = try gradients(of: w, withRespectTo: [w], in: &builder)
        #expect(builder.graph.constants[slopes[0]] == Tensor(1))
    }

    static let reductions: [Reduction] = [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]].flatMap {
        [Reduction(axes: $0), Reduction(axes: $0, keepsAxes: true)]
    }

    /// A gradient built for one batch size holds for any other.
    @Test(arguments: reductions) func gradientsOfReductionsCanBeRebatched(reduction: Reduction) throws {
        for op in [Op.reduceSum(reduction), .reduceMean(reduction)] {
            var builder = GraphBuilder()
            let x = builder.input("x", TensorType([4, 3, 5]))
            let reduced = try builder.apply(op, x)
            let loss = try builder.apply(.sumOfSquares, reduced)
            builder.output("slope", try gradients(of: loss, withRespectTo: [x], in: &builder)[0])
            for batch in [1, 2, 7] {
                let graph = try builder.graph.rebatched(batch)
                try GraphVerifier.verify(graph)
                #expect(graph.shape(of: graph.outputs[0].value) == [batch, 3, 5])
            }
        }
    }

    @Test func aBroadcastOfABatchOfOneIsStillSummedWhenTheBatchGrows() throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([1, 3]))
        let w = builder.variable("w", [1, 3], role: .weight)
        let loss = try builder.apply(.sumOfSquares, builder.apply(.add, x, w))
        builder.output("slope", try gradients(of: loss, withRespectTo: [w], in: &builder)[0])
        let graph = try builder.graph.rebatched(6)
        #expect(graph.shape(of: graph.outputs[0].value) == [1, 3])
    }

    @Test func dropoutDrawsItsMaskAgain() throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([2, 3]))
        let seed = builder.input("seed", TensorType([2], .int32), isBatched: false)
        let op = Op.randomDropout(rate: 0.25, salt: 9)
        let loss = try builder.apply(.sumOfSquares, builder.apply(op, x, seed))
        let slope = try gradients(of: loss, withRespectTo: [x], in: &builder)[0]
        let node = try #require(builder.graph.producer(of: slope))
        #expect(node.op == op)
        #expect(node.inputs[1] == seed)
    }
}
