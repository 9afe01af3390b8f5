import CDNNL
import Diagnostics
import Synchronization

/// A compiled oneDNN primitive.
final class Operation {
    let handle: OpaquePointer

    /// Held while the library prepares an operation, by one thread of the process at a time. Before 3.1 oneDNN works out the blocks
    /// of a convolution in a static variable (`brg_blocking_t::last_ic_block_size`), with one value for bytes and another for
    /// floats, so that two threads that prepare such convolutions both may get code that computes something else.
    private static let preparation = Mutex(())

    /// - Parameters:
    ///   - call: the name of the library's function, for errors.
    ///   - create: calls the function with the place for the result.
    init(
        _ call: String, for purpose: String, _ create: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
    ) throws(ErdeError) {
        var made: OpaquePointer?
        let status = Operation.preparation.withLock { _ in create(&made) }
        try checkDNNL(call, doing: "preparing \(purpose)", status)
        handle = made!
    }

    deinit { erde_dnnl_operation_destroy(handle) }

    /// Runs once; the library's status.
    func execute(on machine: Machine, with binding: MemoryBinding) -> Int32 {
        binding.arguments.withUnsafeBufferPointer {
            erde_dnnl_execute(machine.handle, handle, Int32($0.count), $0.baseAddress)
        }
    }

    /// Whether the library has only plain loops or an unrolled matrix product for this.
    var isFallback: Bool { implementation.hasPrefix("ref") || implementation.hasPrefix("gemm") }

    /// The library's name for the code it chose.
    var implementation: String { String(cString: erde_dnnl_operation_implementation(handle)) }
}
