import Artifacts
import Tensors

extension StageContract.Port {
    /// A tensor as a blob: the shape of one image's, without a batch.
    init(blob name: String, _ type: TensorType) {
        let extents = NCNNShape(image: type.shape)?.extents ?? []
        self.init(name: name, shape: extents.map { .fixed(Int64($0)) }, dataType: type.dataType)
    }
}
