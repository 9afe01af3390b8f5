/// One line of a param file, and what the layer has in the bin file.
struct NCNNLayer: Hashable {
    let type: String
    /// In no other use by a layer.
    var name: String
    /// Blobs that it reads.
    var inputs: [String]
    /// Blobs that it computes.
    var outputs: [String]
    var parameters: [NCNNParameter] = []
    /// In the order in which ncnn's layer of this type reads them.
    var weights: [NCNNWeight] = []

    /// `type name inputs outputs` and the names, then the parameters.
    var line: String {
        let columns = [type, name].map { $0 + String(repeating: " ", count: max(0, 24 - $0.count)) }
        let rest = ["\(inputs.count)", "\(outputs.count)"] + inputs + outputs + parameters.map(\.text)
        return (columns + rest).joined(separator: " ")
    }
}
