import CDNNL
import Diagnostics

/// A compiled oneDNN primitive.
final class Operation {
    let handle: OpaquePointer

    /// - Parameters:
    ///   - call: the name of the library's function, for errors.
    ///   - create: calls the function with the place for the result.
    init(
        _ call: String, for purpose: String, _ create: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
    ) throws(ErdeError) {
        var made: OpaquePointer?
        try checkDNNL(call, doing: "preparing \(purpose)", create(&made))
        handle = made!
    }

    deinit { erde_dnnl_operation_destroy(handle) }

    /// Whether the library has only plain loops or an unrolled matrix product for this.
    var isFallback: Bool { implementation.hasPrefix("ref") || implementation.hasPrefix("gemm") }

    /// The library's name for the code it chose.
    var implementation: String { String(cString: erde_dnnl_operation_implementation(handle)) }
}
