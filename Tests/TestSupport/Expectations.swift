package import Tensors
package import Testing

/// Records a failure of the current test, with the first wrong elements, unless `actual` is within `tolerance`.
package func expectClose(
    _ actual: Tensor, _ expected: Tensor, _ tolerance: Tolerance, _ label: @autoclosure () -> String = "result",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let mismatch = tolerance.mismatch(actual: actual, expected: expected) else { return }
    Issue.record("\(label()): \(mismatch.description)", sourceLocation: sourceLocation)
}

/// Records a failure of the current test, with the first wrong elements, unless `actual` is within `tolerance`.
package func expectClose(
    _ actual: [Double], _ expected: [Double], _ tolerance: Tolerance, _ label: @autoclosure () -> String = "result",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let mismatch = tolerance.mismatch(actual: actual, expected: expected) else { return }
    Issue.record("\(label()): \(mismatch.description)", sourceLocation: sourceLocation)
}
