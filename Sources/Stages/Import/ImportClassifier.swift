package import Artifacts
package import Diagnostics
package import ONNXFormat

/// A classifier from elsewhere as a model of erde's, with one exit.
///
/// - Returns: the model, and in words what was changed or assumed.
/// - Throws: `ErdeError` of kind `badData` that names everything in it that erde
///   cannot take over, `usage` for options that do not fit it.
package func importClassifier(
    from file: ForeignModel, options: ImportOptions
) throws(ErdeError) -> (model: Model, notes: [String]) {
    var (model, notes) = try file.classifier(options)
    model.metadata.provenance.parentHash = try ModelFile.hash(path: file.path)
    return (model, notes)
}
