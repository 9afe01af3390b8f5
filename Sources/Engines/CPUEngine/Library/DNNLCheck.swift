import CDNNL
import Diagnostics

/// Turns a status of oneDNN into an error that names the call and what was being done.
func checkDNNL(_ call: String, doing purpose: @autoclosure () -> String, _ status: Int32) throws(ErdeError) {
    guard status != 0 else { return }
    let name = String(cString: erde_dnnl_status_name(status))
    throw ErdeError(
        .unavailable, "oneDNN", "\(call) answered \"\(name)\" while \(purpose())",
        remedy: "run `erde doctor` to see the library's version")
}

/// The version of oneDNN that the program runs with.
package func dnnlVersion() -> String {
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    erde_dnnl_version(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
}
