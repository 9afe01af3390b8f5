package import Artifacts
package import Diagnostics
package import Graphs
import Tensors

extension ArchitectureDescription {
    /// Builds the network in canonical form: input `image` `[1,C,H,W]` with pixels 0…1, normalised inside the graph;
    /// outputs `logits_exit1` … `[1,K]`, one after every stage.
    ///
    /// A 3x3 stem is followed by stages of pre-activation basic blocks; every stage but the first halves height and
    /// width, rounding up. An exit is batch normalisation, ReLU, pooling, dropout and one fully connected layer.
    ///
    /// - Parameters:
    ///   - mean: per channel, subtracted from the pixels.
    ///   - standardDeviation: per channel, divides the pixels; a channel without deviation is only shifted.
    /// - Throws: `ErdeError` of kind `usage` for a description, class count or image that no network can have.
    package func buildGraph(
        image: ImageFormat, classes: Int, mean: [Float], standardDeviation: [Float]
    ) throws(ErdeError) -> Graph {
        try validate(as: name)
        try requireTask(image: image, classes: classes)
        precondition(
            mean.count == image.channels && standardDeviation.count == image.channels,
            "mean \(mean) and deviation \(standardDeviation) for \(image.channels) channels")
        var network = NetworkBuilder()
        let shape: Shape = [1, image.channels, image.height, image.width]
        let perChannel: Shape = [1, image.channels, 1, 1]
        var x = network.builder.input(Model.inputName, TensorType(shape))
        let shift = network.builder.constant("normalization_mean", Tensor(perChannel, mean))
        let scale = network.builder.constant(
            "normalization_deviation", Tensor(perChannel, standardDeviation.map { $0 > 0 ? $0 : 1 }))
        x = try network.builder.apply(.subtract, x, shift, name: "normalization_centered")
        x = try network.builder.apply(.divide, x, scale, name: "normalization")
        x = try network.convolution(x, "stem", channels: stem, kernel: 3)
        for stage in widths.indices {
            for block in 0..<blocks[stage] {
                x = try network.block(
                    x, "stage\(stage + 1)_block\(block + 1)", channels: widths[stage],
                    stride: stage > 0 && block == 0 ? 2 : 1)
            }
            try network.exit(x, index: stage, head: head, dropout: headDropout, classes: classes)
        }
        return network.builder.graph
    }

    func requireTask(image: ImageFormat, classes: Int) throws(ErdeError) {
        guard classes >= 2 else {
            throw ErdeError(.usage, name, "a classifier of \(classes) classes", remedy: "use a dataset of at least 2 classes")
        }
        guard image.channels > 0, image.height > 0, image.width > 0 else {
            throw ErdeError(
                .usage, name, "images of \(image.channels)x\(image.height)x\(image.width)",
                remedy: "use images of at least one pixel")
        }
    }
}
