import Diagnostics

/// The one input of a foreign classifier, as far as file and options say.
struct ImageInput {
    let name: String
    let batch: Int
    let channels: Int
    let height: Int
    let width: Int
    /// `[N, H, W, C]` instead of `[N, C, H, W]`.
    let isChannelsLast: Bool
}

extension ForeignModel {
    /// - Throws: `ErdeError` of kind `badData` when there is no image among the inputs, `usage` when a size is missing or
    ///   is not the file's.
    func imageInput(_ options: ImportOptions) throws(ErdeError) -> ImageInput {
        let found = freeInputs
        guard found.count == 1, let type = found[0].elementType, ElementType(rawValue: type)?.isFloat == true,
            let shape = found[0].shape, shape.count == 4
        else {
            let listed = found.map(\.text).joined(separator: ", ")
            throw ErdeError(
                .badData, path, "expected one input of float images [N, C, H, W], found \(listed.isEmpty ? "none" : listed)",
                remedy: "export the classifier alone, without pre- and postprocessing")
        }
        let known = shape.map { dimension -> Int? in
            guard case .fixed(let extent) = dimension, 1...Int64(GraphLowering.largestExtent) ~= extent else { return nil }
            return Int(extent)
        }
        func isColour(_ extent: Int?) -> Bool { extent == 1 || extent == 3 }
        let last = isColour(known[3]) && !isColour(known[1])
        guard let channels = last ? known[3] : known[1] else {
            throw ErdeError(
                .badData, path, "input \(found[0].text) does not say how many channels its images have",
                remedy: "export the model with a fixed number of channels")
        }
        func extent(_ known: Int?, _ asked: Int?, _ what: String) throws(ErdeError) -> Int {
            if let known, let asked, known != asked {
                throw ErdeError(
                    .usage, "--input-size", "a \(what) of \(asked), but \(path) takes \(found[0].text)",
                    remedy: "leave the option out")
            }
            guard let extent = known ?? asked else {
                throw ErdeError(
                    .usage, path, "input \(found[0].text) leaves the \(what) of its images open",
                    remedy: "say it with --input-size, for example 224")
            }
            guard 1...GraphLowering.largestExtent ~= extent else {
                throw ErdeError(
                    .usage, "--input-size", "a \(what) of \(extent)", remedy: "give 1 to \(GraphLowering.largestExtent)")
            }
            return extent
        }
        let (rows, columns) = last ? (known[1], known[2]) : (known[2], known[3])
        return ImageInput(
            name: found[0].name, batch: known[0] ?? 1, channels: channels,
            height: try extent(rows, options.size?.height, "height"),
            width: try extent(columns, options.size?.width, "width"), isChannelsLast: last)
    }
}
