package import Artifacts
package import Diagnostics
package import Graphs
import Tensors

extension ArchitectureDescription {
    /// Builds the network in canonical form: input `image` `[1,C,H,W]` with pixels 0…1, normalised inside the graph;
    /// outputs `logits_exit1` … `[1,K]`, one for every exit.
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
        var network = NetworkBuilder(self, classes: classes)
        let shape: Shape = [1, image.channels, image.height, image.width]
        let perChannel: Shape = [1, image.channels, 1, 1]
        var x = network.builder.input(Model.inputName, TensorType(shape))
        let shift = network.builder.constant("normalization_mean", Tensor(perChannel, mean))
        let scale = network.builder.constant(
            "normalization_deviation", Tensor(perChannel, standardDeviation.map { $0 > 0 ? $0 : 1 }))
        x = try network.builder.apply(.subtract, x, shift, name: "normalization_centered")
        x = try network.builder.apply(.divide, x, scale, name: "normalization")
        try family.network.build(fields, on: x, in: &network)
        // A multi-scale network computes more than its exits read.
        return network.builder.graph.removingDeadNodes()
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
