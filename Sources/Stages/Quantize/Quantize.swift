package import Artifacts
package import Diagnostics
package import Execution
import Graphs
import Inference
import Quantization

/// What a quantization needs to run, and whom it tells.
package struct QuantizationRun {
    package var engine: any Engine
    package var options: CompilationOptions
    /// Told what is being done.
    package var report: (String) -> Void = { _ in }
    /// Asked between two measurements; true ends the quantization with an error of kind `interrupted`.
    package var shouldStop: () -> Bool = { false }
    /// How the model is trained with rounding in the loop; needed when the recipe asks for that.
    package var training: QuantizedTraining?

    package init(engine: any Engine, options: CompilationOptions = CompilationOptions()) {
        self.engine = engine
        self.options = options
    }
}

/// Quantizes a model after its training: ranges are observed on training images, and layers whose rounding costs an exit
/// too much accuracy on the calibration split stay in float.
///
/// Thresholds are left out, because the scores that they were fitted on are others now; and so are errors on training images
/// and weights of ensembles, which are those of the model in float.
///
/// - Returns: a model whose graph computes with bytes, with the record of how it came about in its provenance.
/// - Throws: `ErdeError` of kind `usage` for a model that is quantized already or has nothing to quantize, and for a training
///   that is asked for and missing or does not fit; `badData` when there are no images to calibrate on, or weights or
///   activations are not finite, `interrupted` when asked to stop.
package func quantize(
    _ model: Model, on dataset: Dataset, recipe: QuantizationRecipe, run: QuantizationRun
) throws(ErdeError) -> Model {
    try recipe.validate()
    if model.isQuantized {
        throw ErdeError(.usage, "quantization", "the model is quantized already", remedy: "give the model that it was made from")
    }
    guard dataset.calibration.count > 0 else {
        throw ErdeError(
            .badData, "calibration split", "has no images, so that the loss of accuracy cannot be measured",
            remedy: "ingest the images again with a larger share for it")
    }
    var search = try QuantizationSearch(model, on: dataset, recipe: recipe, run: run)
    return try search.model()
}
