package import Artifacts
package import Diagnostics
package import Execution
package import Graphs
import Tensors

/// Counts what a network in inference form gets right at every exit, each image going through the whole network.
package final class ExitEvaluator {
    private let executable: any Executable
    private let image: Graph.Input
    private let batchSize: Int
    private let classes: Int

    /// - Parameter graph: in canonical form.
    package init(
        _ graph: Graph, _ parameters: Parameters, batchSize: Int, engine: any Engine, options: CompilationOptions
    ) throws(ErdeError) {
        let inference = try graph.optimizedForInference(parameters)
        let batched = try inference.graph.rebatched(batchSize)
        executable = try engine.compile(batched, parameters: inference.parameters, options: options)
        image = batched.inputs[0]
        classes = batched.shape(of: batched.outputs[0].value)[1]
        self.batchSize = batchSize
    }

    /// Per exit, the number of the first `count` images of a batch whose largest logit is the label's.
    func correct(images: UnsafeMutableBufferPointer<Float>, labels: UnsafeMutableBufferPointer<Int32>, count: Int)
        throws(ErdeError)
        -> [Int]
    {
        try executable.write(input: image, from: UnsafeRawBufferPointer(images))
        try executable.run()
        var correct: [Int] = []
        for output in executable.graph.outputs {
            let logits = try executable.read(output: output).floats
            correct.append(
                (0..<count).count { row in
                    argMax(logits[row * classes..<(row + 1) * classes]) == Int(labels[row])
                })
        }
        return correct
    }

    /// Per exit, the accuracy 0…1 on images as they are; nothing if there are none.
    package func accuracy(on samples: Samples) throws(ErdeError) -> [Double] {
        guard samples.count > 0 else { return [] }
        let buffer = BatchBuffer(batchSize: batchSize, elementsPerImage: samples.image.byteCount)
        let untouched = AugmentationRecipe.Draw()
        var total = [Int](repeating: 0, count: executable.graph.outputs.count)
        for start in stride(from: 0, to: samples.count, by: batchSize) {
            let count = min(batchSize, samples.count - start)
            for place in 0..<count {
                let range = place * samples.image.byteCount..<(place + 1) * samples.image.byteCount
                let result = UnsafeMutableBufferPointer(rebasing: buffer.images[range])
                samples.withPixels(at: start + place) { untouched.apply(to: $0, of: samples.image, into: result) }
                buffer.labels[place] = samples.labels[start + place]
            }
            for (exit, hits) in try correct(images: buffer.images, labels: buffer.labels, count: count).enumerated() {
                total[exit] += hits
            }
        }
        return total.map { Double($0) / Double(samples.count) }
    }

    /// Per exit, the share 0…1 of augmented training images that the network gets wrong. A blended image counts as what it
    /// shows most.
    ///
    /// - Parameters:
    ///   - epoch: whose augmentation is drawn; one past the last shows images in a form not trained on.
    ///   - limit: about how many images are looked at.
    package func error(onAugmented sampler: BatchSampler, epoch: Int, limit: Int = 20_000) throws(ErdeError) -> [Double] {
        let steps = min(sampler.stepsPerEpoch, max(1, limit / sampler.batchSize))
        precondition(sampler.batchSize == batchSize && steps > 0, "batches of \(sampler.batchSize)")
        let buffer = BatchBuffer(batchSize: batchSize, elementsPerImage: sampler.samples.image.byteCount)
        let order = sampler.order(ofEpoch: epoch)
        var total = [Int](repeating: 0, count: executable.graph.outputs.count)
        for step in 0..<steps {
            sampler.fill(epoch: epoch, step: step, order: order, buffer)
            for (exit, hits) in try correct(images: buffer.images, labels: buffer.labels, count: batchSize).enumerated() {
                total[exit] += hits
            }
        }
        return total.map { 1 - Double($0) / Double(steps * batchSize) }
    }
}
