import CDNNL
import Diagnostics

/// oneDNN's engine and stream for the CPU: one for each executable.
final class Machine {
    let handle: OpaquePointer

    init() throws(ErdeError) {
        var made: OpaquePointer?
        try checkDNNL("engine_create", doing: "starting the CPU engine", erde_dnnl_machine_create(&made))
        handle = made!
    }

    deinit { erde_dnnl_machine_destroy(handle) }
}
