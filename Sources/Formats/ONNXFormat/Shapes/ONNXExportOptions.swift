package import Artifacts

/// How a model is written for other runtimes as ONNX.
package struct ONNXExportOptions: Hashable, Sendable {
    package var request: ExportRequest
    /// Version of ONNX's operator set, within `OperatorSetVersion.supported`.
    package var operatorSet: Int64

    package init(_ request: ExportRequest, operatorSet: Int64 = OperatorSetVersion.standard) {
        self.request = request
        self.operatorSet = operatorSet
    }
}
