package import Artifacts
package import Diagnostics
import Graphs
import Tensors

extension ForeignModel {
    /// The file as a classifier in erde's canonical form, with one exit: normalisation inside, logits as output.
    ///
    /// A softmax at the end is left out, since erde takes it itself. Images that the file wants channels last are turned
    /// inside the graph.
    ///
    /// - Returns: the model and, in words, what was changed or assumed.
    /// - Throws: `ErdeError` of kind `badData` that names everything erde cannot take over, `usage` for options that do not
    ///   fit the file.
    package func classifier(_ options: ImportOptions) throws(ErdeError) -> (model: Model, notes: [String]) {
        let operatorSet = try operatorSet()
        let own = try metadata
        let input = try imageInput(options)
        var notes: [String] = []
        var builder = GraphBuilder()
        var x = builder.input(Model.inputName, TensorType(Shape([input.batch, input.channels, input.height, input.width])))
        if let normalization = options.normalization { x = try normalized(x, by: normalization, input, in: &builder) }
        if input.isChannelsLast {
            x = try builder.apply(.transpose(permutation: [0, 2, 3, 1]), x, name: "channels_last")
            notes.append("the file takes images with their channels last; they are turned inside the graph")
        }
        let lowered = try GraphLowering.graph(
            message.graph, operatorSet: operatorSet, builder: builder, input: x, named: input.name, subject: path)
        builder = lowered.builder
        for (exit, output) in try logits(of: lowered, options, &notes).enumerated() {
            var value = output
            if builder.shape(of: value).rank == 4 {
                value = try builder.apply(.reshape(trailing: [builder.shape(of: value)[1]]), value, name: "logits_flat")
            }
            builder.output(Model.outputName(exit: exit), value)
        }
        let bare = try rebatched(builder.graph.removingDeadNodes())
        let graph = bare.leavingOutputNames()
        guard graph.outputs.allSatisfy({ graph.producer(of: $0.value) != nil }) else {
            throw ErdeError(.badData, path, "its logits do not depend on the image")
        }
        try GraphVerifier.verify(graph)
        let classes = graph.shape(of: graph.outputs[0].value)[1]
        let names = options.classNames ?? own?.classNames ?? (0..<classes).map(String.init)
        if options.classNames == nil && own == nil { notes.append("its \(classes) classes are numbered; --classes names them") }
        guard names.count == classes else {
            if options.hasDatasetNames {
                throw ErdeError(
                    .usage, "--data", "the dataset has \(names.count) classes, \(path) has \(classes)",
                    remedy: "give a dataset with the network's classes in the order of its logits, or leave it out")
            }
            throw ErdeError(
                .usage, path, "has \(classes) classes, but \(names.count) names are given",
                remedy: "give one name for each logit, in their order")
        }
        guard Set(names).count == names.count else {
            throw ErdeError(.usage, path, "two classes have one name", remedy: "give each class a name of its own")
        }
        let image = ImageFormat(
            channels: input.channels, height: input.height, width: input.width,
            resizing: own?.image.resizing ?? options.resizing)
        var parameters = Parameters()
        for variable in graph.variables {
            parameters[graph.name(of: variable.value)] = lowered.parameters[bare.name(of: variable.value)]
        }
        return (
            Model(
                graph: graph, parameters: parameters,
                metadata: ModelMetadata(
                    role: .teacher, classNames: names, image: image, cumulativeMACs: graph.cost().cumulativeMACs,
                    provenance: Provenance(version: erdeVersion))), notes
        )
    }

    /// The graph for one image; files are made for any batch, or for a fixed one.
    private func rebatched(_ graph: Graph) throws(ErdeError) -> Graph {
        do {
            return try graph.rebatched(1)
        } catch {
            throw ErdeError(
                .badData, path, "is made for batches of \(graph.batch) and cannot take another: \(error.problem)",
                remedy: "export the model with a dynamic batch, or for one image")
        }
    }

    private func normalized(
        _ x: Value, by normalization: ImportOptions.Normalization, _ input: ImageInput, in builder: inout GraphBuilder
    ) throws(ErdeError) -> Value {
        func perChannel(_ numbers: [Float], _ option: String) throws(ErdeError) -> Tensor {
            guard numbers.count == 1 || numbers.count == input.channels else {
                throw ErdeError(
                    .usage, option, "\(numbers.count) numbers for \(input.channels) channels",
                    remedy: "give one number, or one for each channel")
            }
            let all = numbers.count == 1 ? [Float](repeating: numbers[0], count: input.channels) : numbers
            return Tensor([1, input.channels, 1, 1], all)
        }
        let mean = try perChannel(normalization.mean, "--mean")
        let deviation = try perChannel(normalization.standardDeviation, "--std")
        guard deviation.floats.allSatisfy({ $0 > 0 && $0.isFinite }), mean.floats.allSatisfy(\.isFinite) else {
            throw ErdeError(.usage, "--std", "a deviation that is not above 0", remedy: "give positive numbers")
        }
        let shift = builder.constant("normalization_mean", mean)
        let scale = builder.constant("normalization_deviation", deviation)
        let centred = try builder.apply(.subtract, x, shift, name: "normalization_centered")
        return try builder.apply(.divide, centred, scale, name: "normalization")
    }

    /// The values that are the logits of exits, in order.
    private func logits(
        of lowered: LoweredGraph, _ options: ImportOptions, _ notes: inout [String]
    ) throws(ErdeError) -> [Value] {
        let graph = lowered.builder.graph
        func rows(_ binding: Binding) -> Value? {
            guard case .value(let value) = binding else { return nil }
            let shape = graph.shape(of: value)
            let isFlat = shape.rank == 2 || shape.rank == 4 && shape[2] == 1 && shape[3] == 1
            return isFlat && shape[1] >= 2 ? value : nil
        }
        let exits = lowered.outputs.filter { $0.name.hasPrefix("logits_exit") }.compactMap { rows($0.binding) }
        if options.output == nil, exits.count == lowered.outputs.count { return exits }
        let candidates = lowered.outputs.filter { options.output == nil || $0.name == options.output }
        guard let chosen = candidates.first(where: { rows($0.binding) != nil }), let value = rows(chosen.binding) else {
            let found = message.graph.outputs.map(\.text).joined(separator: ", ")
            throw ErdeError(
                .badData, path, "has no output of logits [N, K] with at least 2 classes, found \(found)",
                remedy: "give a classifier, or name the output with --output-name")
        }
        if lowered.outputs.count > 1 { notes.append("of \(lowered.outputs.count) outputs, \(printable(chosen.name)) is taken") }
        // A softmax may be followed or preceded by a mere change of form.
        guard let last = graph.producer(of: value) else { return [value] }
        if case .logSoftmax = last.op {
            notes.append("the log-softmax at its end is left out")
            return [last.inputs[0]]
        }
        if case .exp = last.op, let inner = graph.producer(of: last.inputs[0]), case .logSoftmax = inner.op {
            notes.append("the softmax at its end is left out")
            return [inner.inputs[0]]
        }
        return [value]
    }
}

extension Graph {
    /// The same graph, in which nothing but an exit's logits is named like an exit's logits.
    fileprivate func leavingOutputNames() -> Graph {
        let prefix = "logits_exit"
        let logits = Set(outputs.map(\.value.id))
        var taken = Set(values.map(\.name))
        let named = values.enumerated().map { id, info in
            let isFree = logits.contains(id) || !info.name.hasPrefix(prefix)
            if isFree || !info.name.dropFirst(prefix.count).allSatisfy(\.isNumber) { return info }
            var name = "inner_\(info.name)"
            while !taken.insert(name).inserted { name += "_2" }
            return ValueInfo(name: name, type: info.type)
        }
        return Graph(
            unverified: named, origins: origins, inputs: inputs, variables: variables, constants: constants, nodes: nodes,
            outputs: outputs, updates: updates)
    }
}
