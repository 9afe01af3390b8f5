import Artifacts
import Execution
import Graphs
import ReferenceEngine
import Tensors

extension SampleNetworks {
    /// The same network in bytes, with the ranges that its values take on images of other pixels.
    ///
    /// - Parameter floatLayers: layers that stay in float, by name.
    static func quantized(_ model: Model, keepingInFloat floatLayers: Set<String> = []) throws -> Model {
        var model = model
        let fast = try model.graph.optimizedForInference(model.parameters)
        let sites = QuantizationSites(fast.graph, keepingInFloat: floatLayers)
        let images = images(model, count: 16)
        let graph = try fast.graph.rebatched(16)
        let observed = Graph(
            unverified: graph.values, origins: graph.origins, inputs: graph.inputs, variables: graph.variables,
            constants: graph.constants, nodes: graph.nodes,
            outputs: sites.values.map { Graph.Output(name: "range_\(graph.name(of: $0))", value: $0) })
        let executable = try ReferenceEngine().compile(
            observed, parameters: fast.parameters, options: CompilationOptions())
        let values = try executable.run([Model.inputName: images])
        var ranges: [String: ClosedRange<Float>] = [:]
        for value in sites.values {
            let name = fast.graph.name(of: value)
            let floats = values["range_\(name)"]?.floats ?? []
            ranges[name] = min(0, floats.min() ?? 0)...max(0, floats.max() ?? 0)
        }
        let form = try fast.graph.quantizedForm(
            fast.parameters, QuantizationPlan(ranges: ranges, floatLayers: floatLayers))
        (model.graph, model.parameters) = (form.graph, form.parameters)
        return model
    }
}
