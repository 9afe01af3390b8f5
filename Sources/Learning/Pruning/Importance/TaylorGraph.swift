package import Artifacts
package import Diagnostics
package import Graphs
import Losses
import Tensors
import Training

/// The loss of a batch, and how it would change to first order if each channel were not read by anyone.
///
/// All that a coupled channel does, it does through the weights that read it: without them it is as good as removed, whatever
/// normalisations and additions lie before. So with `g` the gradient of the loss with respect to these weights `w`,
///
///     L(without channel) − L ≈ −Σ g·w
///
/// after Molchanov et al., "Importance Estimation for Neural Network Pruning", 2019. The network runs with its running
/// statistics and without dropout, the teacher beside it. Inputs: `image` `[N,C,H,W]`, `batch_labels` int32 `[N]`, and with
/// out-of-fold predictions `fold_logits_exit1` … `[N,K]`, by which right and wrong are told. Outputs: `loss`, and for each
/// weight that reads channels `change_<weight>`: `Σ g·w` by place along its axis 1.
package struct TaylorGraph: Sendable {
    package let graph: Graph
    /// The axis that each output `change_…` runs along, in the network's graph.
    package let axes: [String: ChannelAxis]
    /// Contents of variables beside the network's: the teacher's and the loss's own.
    let otherParameters: Parameters
    /// The inputs for out-of-fold predictions, by exit; empty where the loss uses none.
    let foldInputs: [String]

    static let labels = "batch_labels"
    static let loss = "loss"

    /// - Parameters:
    ///   - network: in canonical form.
    ///   - teacher: whom the loss learns from; nil with the methods that need nobody.
    ///   - foldExits: exits that out-of-fold predictions are given of; without a teacher they take its place.
    package init(
        _ network: Graph, _ dependencies: ChannelDependencies, teacher: Model?, distillation: DistillationRecipe,
        foldExits: Int = 0, labelSmoothing: Double = 0, batch: Int
    ) throws(ErdeError) {
        var builder = GraphBuilder()
        let network = try network.rebatched(batch)
        let image = builder.input(Model.inputName, network.type(of: network.inputs[0].value))
        let labels = builder.input(TaylorGraph.labels, TensorType([batch], .int32))
        let values = try builder.inline(network, bindings: [network.inputs[0].value: image])
        var teacherLogits: [Value]?
        var others = Parameters()
        if let teacher {
            let fast = try teacher.graph.optimizedForInference(teacher.parameters)
            let frozen = try fast.graph.rebatched(batch)
            let placed = try builder.scoped("teacher") { (builder: inout GraphBuilder) throws(ErdeError) in
                try builder.inline(frozen, bindings: [frozen.inputs[0].value: image])
            }
            teacherLogits = frozen.outputs.map { placed[$0.value]! }
            for variable in frozen.variables {
                others[builder.graph.name(of: placed[variable.value]!)] =
                    fast.parameters[frozen.name(of: variable.value)]
            }
        }
        foldInputs = (0..<foldExits).map(TrainingGraph.foldLogits)
        let folds = foldInputs.map { builder.input($0, network.type(of: network.outputs[0].value)) }
        let loss = try multiExitLoss(
            distillation,
            of: LossInputs(
                studentLogits: network.outputs.map { values[$0.value]! }, teacherLogits: teacherLogits, foldLogits: folds,
                targets: Targets(labels: labels, smoothing: labelSmoothing)),
            in: &builder)
        if let own = loss.ensembleWeightLogits { others[builder.graph.name(of: own.value)] = own.initial }
        builder.output(TaylorGraph.loss, loss.value)

        var axes: [String: ChannelAxis] = [:]
        var seen: Set<ChannelAxis> = []
        let readers = dependencies.groups.filter { $0.obstacle == nil }.flatMap { $0.axes(.reads) }
            .filter { seen.insert($0).inserted && network.origin(of: $0.value) == .variable }
        let slopes = try gradients(of: loss.value, withRespectTo: readers.map { values[$0.value]! }, in: &builder)
        for (axis, slope) in zip(readers, slopes) {
            let weight = values[axis.value]!
            let others = network.shape(of: axis.value).dimensions.indices.filter { $0 != axis.axis }
            let name = "change_\(network.name(of: axis.value))"
            let product = try builder.apply(.multiply, slope, weight, name: "\(name)_by_weight")
            builder.output(name, try builder.apply(.reduceSum(Reduction(axes: others)), product, name: name))
            axes[name] = axis
        }
        graph = builder.graph.removingDeadNodes()
        self.axes = axes
        otherParameters = others
    }
}
