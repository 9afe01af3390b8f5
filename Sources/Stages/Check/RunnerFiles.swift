/// The runners as files, which lie inside the program so that it works wherever it is installed.
enum RunnerFiles {
    static let all: [(name: String, bytes: [UInt8])] = [
        ("main.py", PackageResources.main_py),
        ("host.py", PackageResources.host_py),
        ("runner_onnxruntime.py", PackageResources.runner_onnxruntime_py),
        ("runner_openvino.py", PackageResources.runner_openvino_py),
        ("runner_ncnn.py", PackageResources.runner_ncnn_py),
        ("runner_litert.py", PackageResources.runner_litert_py),
        ("runner_torch.py", PackageResources.runner_torch_py),
        ("harness.c", PackageResources.harness_c),
    ]
}
