import CDNNL
import Diagnostics

/// The arguments of one operation at their addresses.
final class MemoryBinding {
    private(set) var arguments: [erde_dnnl_binding] = []

    func add(
        _ argument: erde_dnnl_argument, _ layout: Layout, at address: UnsafeMutableRawPointer, of machine: Machine
    ) throws(ErdeError) {
        var memory: OpaquePointer?
        try checkDNNL(
            "memory_create", doing: "binding an argument",
            erde_dnnl_memory_create(machine.handle, layout.handle, address, &memory))
        arguments.append(erde_dnnl_binding(argument: argument, memory: memory))
    }

    deinit {
        for argument in arguments { erde_dnnl_memory_destroy(argument.memory) }
    }
}
