package import Diagnostics
package import Graphs
import Tensors

/// Layers with asymmetric sizes, and arithmetic with constants of several shapes: `[N,6,H,W] → [N,6,H',W']`.
///
/// - Parameter averagePadding: of the average pooling, 2 high and 3 wide, which counts its padding.
/// - Throws: as `GraphBuilder.apply`.
package func awkwardLayers(
    _ images: Value, averagePadding: Padding, _ builder: inout GraphBuilder
) throws(ErdeError) -> Value {
    var x = try builder.apply(.clip(lower: -0.7, upper: 6), images)
    x = try builder.apply(
        .maxPool(PoolAttributes(kernel: Extent(3), strides: Extent(height: 2, width: 1), padding: Padding(1))), x)
    x = try builder.apply(
        .averagePool(
            PoolAttributes(
                kernel: Extent(height: 2, width: 3), strides: Extent(1), padding: averagePadding, countsPadding: true)), x)
    let gain = builder.constant("gain", Tensor([1, 6, 1, 1], [1, 2, 3, 4, 5, 6] as [Float]))
    x = try builder.apply(.multiply, x, gain)
    x = try builder.apply(.subtract, x, builder.constant("shift", Tensor(0.25)))
    x = try builder.apply(.add, x, try builder.apply(.relu, x))
    return try builder.apply(.divide, x, gain)
}
