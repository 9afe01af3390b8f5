package import Artifacts
package import Diagnostics
package import Execution
package import Graphs
import Tensors
import Training

/// Estimates on training batches how much the loss would change without each coupled channel.
package final class TaylorImportance {
    private let taylor: TaylorGraph
    private let dependencies: ChannelDependencies
    private let executable: any Executable
    private var squares: [Double]
    private var batches = 0

    /// - Parameter parameters: of the network.
    package init(
        _ taylor: TaylorGraph, _ dependencies: ChannelDependencies, parameters: Parameters, engine: any Engine,
        options: CompilationOptions
    ) throws(ErdeError) {
        self.taylor = taylor
        self.dependencies = dependencies
        var contents = Parameters()
        for variable in taylor.graph.variables {
            let name = taylor.graph.name(of: variable.value)
            contents[name] = taylor.otherParameters[name] ?? parameters[name]
        }
        executable = try engine.compile(taylor.graph, parameters: contents, options: options)
        squares = [Double](repeating: 0, count: dependencies.count)
    }

    /// Looks at the first batches of an epoch of images as they are.
    ///
    /// - Parameter folds: of these images, for a graph with inputs for them.
    /// - Throws: `ErdeError` of kind `usage` when the images do not fill a batch, `badData` when the loss is no number.
    package func add(
        batches: Int, of samples: Samples, folds: FoldPredictions? = nil, seed: UInt64
    ) throws(ErdeError) {
        let size = taylor.graph.batch
        var augmentation = AugmentationRecipe()
        (augmentation.cropPadding, augmentation.horizontalFlip) = (0, false)
        let sampler = BatchSampler(samples: samples, augmentation: augmentation, batchSize: size, seed: seed)
        guard sampler.stepsPerEpoch > 0 else {
            throw ErdeError(
                .usage, "batchSize", "a batch of \(size) images from \(samples.count)",
                remedy: "choose a batch size of at most \(max(1, samples.count)), or an importance without images")
        }
        let order = sampler.order(ofEpoch: 0)
        let buffer = BatchBuffer(batchSize: size, elementsPerImage: samples.image.byteCount)
        for step in 0..<min(batches, sampler.stepsPerEpoch) {
            sampler.fill(epoch: 0, step: step, order: order, buffer)
            for (exit, name) in taylor.foldInputs.enumerated() {
                guard let folds, let input = taylor.graph.inputs.first(where: { taylor.graph.name(of: $0.value) == name }) else {
                    preconditionFailure("no out-of-fold predictions for \(name)")
                }
                try executable.write(
                    input: input, Tensor([size, folds.origin.classes], folds.logits(exit: exit, of: buffer.indices)))
            }
            try add(images: UnsafeRawBufferPointer(buffer.images), labels: UnsafeRawBufferPointer(buffer.labels))
        }
    }

    /// Looks at one batch: pixels 0…1 `[N,C,H,W]` and labels int32 `[N]`.
    package func add(images: UnsafeRawBufferPointer, labels: UnsafeRawBufferPointer) throws(ErdeError) {
        for input in taylor.graph.inputs {
            switch taylor.graph.name(of: input.value) {
            case TaylorGraph.labels: try executable.write(input: input, from: labels)
            case Model.inputName: try executable.write(input: input, from: images)
            default: continue
            }
        }
        try executable.run()
        var changes = [Double](repeating: 0, count: dependencies.count)
        for output in taylor.graph.outputs {
            let scalars = try executable.read(output: output).floats
            guard let axis = taylor.axes[output.name], let places = dependencies.axes[axis] else {
                guard scalars.allSatisfy(\.isFinite) else {
                    throw ErdeError(
                        .badData, "loss", "is \(scalars) on training images, so that no channel can be judged by it",
                        remedy: "train the model again with a smaller learning rate")
                }
                continue
            }
            for (place, channel) in places.enumerated() { changes[channel] -= Double(scalars[place]) }
        }
        for (channel, change) in changes.enumerated() { squares[channel] += change * change }
        batches += 1
    }

    /// By coupled channel, the root of the mean square over batches of the loss's first-order change without it.
    package var importance: [Double] { squares.map { ($0 / Double(max(1, batches))).squareRoot() } }
}
