import CDNNL
import CLoops
import Diagnostics
import Tensors

/// How a tensor lies in memory: row-major, or blocked as an operation chose.
final class Layout: Equatable {
    let handle: OpaquePointer

    private init(handle: OpaquePointer) { self.handle = handle }

    deinit { erde_dnnl_layout_destroy(handle) }

    /// Row-major. A scalar has one dimension of extent 1.
    static func plain(_ dimensions: [Int], _ dataType: DataType = .float32) throws(ErdeError) -> Layout {
        let extents = nonScalar(dimensions)
        var made: OpaquePointer?
        try checkDNNL(
            "memory_desc_create", doing: "describing a tensor of shape \(dimensions)",
            erde_dnnl_layout_create(&made, Int32(extents.count), extents, dataType.dnnl, nil))
        return Layout(handle: made!)
    }

    /// A matrix `[rows, columns]` whose storage is `[columns, rows]`, row-major.
    static func transposed(rows: Int, columns: Int) throws(ErdeError) -> Layout {
        var made: OpaquePointer?
        try checkDNNL(
            "memory_desc_create", doing: "describing a transposed matrix",
            erde_dnnl_layout_create(&made, 2, [Int64(rows), Int64(columns)], ERDE_DNNL_FLOAT32, [1, Int64(rows)]))
        return Layout(handle: made!)
    }

    /// A tensor whose elements lie apart by the steps given.
    static func strided(_ dimensions: [Int], _ strides: [Int]) throws(ErdeError) -> Layout {
        var made: OpaquePointer?
        try checkDNNL(
            "memory_desc_create", doing: "describing a transposed tensor",
            erde_dnnl_layout_create(
                &made, Int32(dimensions.count), nonScalar(dimensions), ERDE_DNNL_FLOAT32, strides.map(Int64.init)))
        return Layout(handle: made!)
    }

    /// An image `[N, C, H, W]` stored with the channels innermost.
    static func channelsLast(_ dimensions: [Int], _ type: erde_dnnl_type) throws(ErdeError) -> Layout {
        precondition(dimensions.count == 4, "channels last of a tensor of shape \(dimensions)")
        let (channels, height, width) = (dimensions[1], dimensions[2], dimensions[3])
        let strides = [height * width * channels, 1, width * channels, channels].map(Int64.init)
        var made: OpaquePointer?
        try checkDNNL(
            "memory_desc_create", doing: "describing a tensor of shape \(dimensions)",
            erde_dnnl_layout_create(&made, 4, dimensions.map(Int64.init), type, strides))
        return Layout(handle: made!)
    }

    /// Left to the operation to choose.
    static func any(_ dimensions: [Int], _ type: erde_dnnl_type = ERDE_DNNL_FLOAT32) throws(ErdeError) -> Layout {
        let extents = nonScalar(dimensions)
        var made: OpaquePointer?
        try checkDNNL(
            "memory_desc_create", doing: "describing a tensor of shape \(dimensions)",
            erde_dnnl_layout_create_any(&made, Int32(extents.count), extents, type))
        return Layout(handle: made!)
    }

    /// What an operation chose for one of its arguments.
    static func chosen(by operation: Operation, for argument: erde_dnnl_argument) throws(ErdeError) -> Layout {
        var made: OpaquePointer?
        try checkDNNL(
            "primitive_desc_query_md", doing: "asking \(operation.implementation) for a layout",
            erde_dnnl_operation_layout(operation.handle, argument, &made))
        return Layout(handle: made!)
    }

    /// The same for the first images of several.
    func part(of images: Int) throws(ErdeError) -> Layout {
        var made: OpaquePointer?
        try checkDNNL(
            "memory_desc_create", doing: "describing \(images) of several images",
            erde_dnnl_layout_create_part(&made, handle, Int64(images)))
        return Layout(handle: made!)
    }

    /// What the elements are.
    var type: erde_dnnl_type { erde_dnnl_layout_type(handle) }

    /// The elements of images `[N, C, H, W]` stored with the channels innermost, as our own loops know them; nil in another layout and
    /// of another type.
    func elementOfRows(_ dimensions: [Int]) -> erde_element? {
        guard dimensions.count == 4, dimensions[1] > 0, (try? Layout.channelsLast(dimensions, type)) == self else { return nil }
        return switch type {
        case ERDE_DNNL_BFLOAT16: ERDE_BFLOAT16
        case ERDE_DNNL_FLOAT32: ERDE_FLOAT32
        default: nil
        }
    }

    /// Bytes of storage, with the padding of blocks.
    var byteCount: Int { erde_dnnl_layout_size(handle) }

    static func == (a: Layout, b: Layout) -> Bool { a === b || erde_dnnl_layout_equal(a.handle, b.handle) != 0 }

    private static func nonScalar(_ dimensions: [Int]) -> [Int64] {
        dimensions.isEmpty ? [1] : dimensions.map(Int64.init)
    }
}

extension DataType {
    var dnnl: erde_dnnl_type {
        switch self {
        case .float32: ERDE_DNNL_FLOAT32
        case .int32: ERDE_DNNL_INT32
        case .int8: ERDE_DNNL_INT8
        case .uint8: ERDE_DNNL_UINT8
        }
    }
}
