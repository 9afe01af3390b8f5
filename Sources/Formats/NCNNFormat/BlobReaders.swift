import Graphs

/// Layers in which every blob is read at most once: where several read it, a `Split` makes one of each for them.
///
/// What the network gives is read by nobody. ncnn drops a blob when its reader has run, and would compute it and all
/// before it once more for a caller who asks later.
struct BlobReaders {
    private(set) var layers: [NCNNLayer] = []

    /// - Parameters:
    ///   - outputs: what the network gives: the name, and the blob so far.
    ///   - names: in use by blobs.
    init(layers old: [NCNNLayer], outputs: [(name: String, blob: String)], names: Set<String>) {
        var names = names
        var layerNames = Set(old.map(\.name))
        var given: [String: [String]] = [:]
        for output in outputs { given[output.blob, default: []].append(output.name) }
        var places: [String: [(layer: Int, input: Int)]] = [:]
        for (layer, each) in old.enumerated() {
            for (input, blob) in each.inputs.enumerated() { places[blob, default: []].append((layer, input)) }
        }
        var renamed = old
        var splits: [Int: NCNNLayer] = [:]
        for (index, layer) in old.enumerated() {
            let blob = layer.outputs[0]
            let (outputs, readers) = (given[blob] ?? [], places[blob] ?? [])
            guard outputs.count + readers.count > 1 else {
                // The only one that is given may have another name.
                if let name = outputs.first { renamed[index].outputs = [name] }
                continue
            }
            let whole = outputs.contains(blob) ? unused("\(blob)_all", &names) : blob
            var copies = outputs
            for (number, reader) in readers.enumerated() {
                let copy = unused("\(blob)_split\(number + 1)", &names)
                renamed[reader.layer].inputs[reader.input] = copy
                copies.append(copy)
            }
            renamed[index].outputs = [whole]
            splits[index] = NCNNLayer(
                type: "Split", name: unused("\(blob)_split", &layerNames), inputs: [whole], outputs: copies)
        }
        for (index, layer) in renamed.enumerated() {
            layers.append(layer)
            if let split = splits[index] { layers.append(split) }
        }
    }
}
