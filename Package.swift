// swift-tools-version: 6.2
import PackageDescription

// The project's own check makes warnings errors; a user with a newer compiler gets them as warnings.
let isStrict = Context.environment["ERDE_STRICT"] == "1"

let swiftSettings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

/// A Swift module at `Sources/<folder>/<name>`.
func module(
    _ name: String, in folder: String, _ dependencies: [Target.Dependency], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)", resources: resources,
        swiftSettings: swiftSettings)
}

/// A test module at `Tests/<name>`.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", resources: resources, swiftSettings: swiftSettings)
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

// Imports go one way, and the build refuses any other:
// System ← Core ← { Engines, Formats } ← Learning ← Stages ← Tool. Only Tool names an engine.
let package = Package(
    name: "erde",
    products: [.executable(name: "erde", targets: ["erde"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Without its trait for Foundation, which nothing else here links.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // System: the C libraries, one folder each.
        .systemLibrary(name: "CPNG", path: "Sources/System/CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CJPEG", path: "Sources/System/CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        .systemLibrary(
            name: "CNettle", path: "Sources/System/CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
        .systemLibrary(name: "CZ", path: "Sources/System/CZ", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CArchive", path: "Sources/System/CArchive", pkgConfig: "libarchive",
            providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(
            name: "CProtobufC", path: "Sources/System/CProtobufC", pkgConfig: "libprotobuf-c",
            providers: [.apt(["libprotobuf-c-dev"])]),
        .target(name: "CImageCodecs", dependencies: ["CPNG", "CJPEG"], path: "Sources/System/CImageCodecs"),
        .target(name: "CArchiveStream", dependencies: ["CArchive"], path: "Sources/System/CArchiveStream"),
        .target(name: "CSchemas", dependencies: ["CProtobufC"], path: "Sources/System/CSchemas"),
        .target(name: "CLoops", path: "Sources/System/CLoops"),
        .target(name: "CFlatBuffers", path: "Sources/System/CFlatBuffers"),
        .target(
            name: "CDNNL", path: "Sources/System/CDNNL", linkerSettings: [.linkedLibrary("dnnl")]),

        // Core: values that every later room speaks in.
        module("Diagnostics", in: "Core", []),
        module("Tensors", in: "Core", ["Diagnostics"]),
        module("Graphs", in: "Core", ["Diagnostics", "Tensors"]),
        module("Execution", in: "Core", ["Diagnostics", "Tensors", "Graphs"]),
        module("Artifacts", in: "Core", ["Diagnostics", "Tensors", "Graphs", "CNettle"]),

        // Engines: two ways to run the same graph.
        module("ReferenceEngine", in: "Engines", ["Diagnostics", "Tensors", "Graphs", "Execution"]),
        module("CPUEngine", in: "Engines", ["Diagnostics", "Tensors", "Graphs", "Execution", "CDNNL", "CLoops"]),

        // Formats: artifacts as bytes.
        module("Images", in: "Formats", ["Diagnostics", "Artifacts", "CImageCodecs"]),
        module("FileTrees", in: "Formats", ["Diagnostics", "Artifacts", "Images", "CArchiveStream"]),
        module("ArrayFiles", in: "Formats", ["Diagnostics", "CZ"]),
        module("DatasetFile", in: "Formats", ["Diagnostics", "Artifacts", "CZ"]),
        module("FoldFile", in: "Formats", ["Diagnostics", "Artifacts"]),
        module("ONNXFormat", in: "Formats", ["Diagnostics", "Tensors", "Graphs", "Artifacts", "CSchemas", "CProtobufC"]),
        module("SafetensorsFormat", in: "Formats", ["Diagnostics", "Tensors", "Graphs", "Artifacts"]),
        module("C99Format", in: "Formats", ["Diagnostics", "Tensors", "Graphs", "Artifacts"]),
        module("NCNNFormat", in: "Formats", ["Diagnostics", "Tensors", "Graphs", "Artifacts"]),
        module("TFLiteFormat", in: "Formats", ["Diagnostics", "Tensors", "Graphs", "Artifacts", "CFlatBuffers"]),
        module("OpenVINOFormat", in: "Formats", ["Diagnostics", "Tensors", "Graphs", "Artifacts"]),
        module("ReportFile", in: "Formats", ["Diagnostics", "Artifacts", "CImageCodecs", "CSchemas", "CProtobufC"]),

        // Learning: networks, losses, the training loop.
        module("Architectures", in: "Learning", ["Diagnostics", "Tensors", "Graphs", "Artifacts"]),
        module("Losses", in: "Learning", ["Diagnostics", "Tensors", "Graphs", "Artifacts"]),
        module("Inference", in: "Learning", ["Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts"]),
        module(
            "Training", in: "Learning",
            ["Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "Losses"]),
        module(
            "Pruning", in: "Learning",
            ["Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "Losses", "Training"]),

        module(
            "Quantization", in: "Learning",
            ["Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "Inference"]),

        // Stages: one function each, from the artifact before to the artifact after. They never import each other.
        module(
            "Ingest", in: "Stages",
            ["Diagnostics", "Tensors", "Artifacts", "Images", "FileTrees", "ArrayFiles", "DatasetFile", "ReportFile"]),
        module(
            "TrainTeacher", in: "Stages",
            [
                "Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "Architectures", "Losses", "Inference",
                "Training",
            ]),
        module(
            "Distill", in: "Stages",
            ["Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "Architectures", "Losses", "Training"]),
        module("Prune", in: "Stages", ["Diagnostics", "Graphs", "Artifacts", "Losses", "Pruning", "Training"]),
        module(
            "Calibrate", in: "Stages", ["Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "Inference"]),
        module(
            "Quantize", in: "Stages",
            ["Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "Inference", "Quantization", "Training"]),
        module(
            "Emit", in: "Stages",
            [
                "Diagnostics", "Artifacts", "ONNXFormat", "OpenVINOFormat", "SafetensorsFormat", "C99Format", "NCNNFormat",
                "TFLiteFormat",
            ]),
        module(
            "Classify", in: "Stages",
            ["Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "Images", "FileTrees", "Inference"]),
        module(
            "Import", in: "Stages",
            [
                "Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "ONNXFormat", "Architectures", "Losses",
                "Training",
            ]),
        module(
            "Check", in: "Stages",
            [
                "Diagnostics", "Execution", "Artifacts", "Images", "FileTrees", "ONNXFormat", "OpenVINOFormat", "Inference",
                subprocess, systemPackage,
            ],
            // Inside the program, which then works wherever it is installed.
            resources: [
                "main.py", "host.py", "runner_onnxruntime.py", "runner_openvino.py", "runner_ncnn.py", "runner_litert.py",
                "runner_torch.py", "harness.c",
            ].map { .embedInCode("Runners/\($0)") }),
        module("Report", in: "Stages", ["Diagnostics", "Artifacts", "ReportFile"]),

        // Tool: the program.
        .executableTarget(
            name: "erde",
            dependencies: [
                "Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "ReferenceEngine", "CPUEngine", "DatasetFile",
                "FileTrees", "ONNXFormat", "ReportFile", "FoldFile", "Images", "Architectures", "Losses", "Inference",
                "Training", "Pruning", "Ingest", "TrainTeacher", "Distill", "Prune",
                "Calibrate", "Quantize", "Emit", "Classify", "Import", "Report", "Check", "CPNG", "CJPEG", "CZ", "CNettle",
                "CArchiveStream",
                "CProtobufC",
                arguments,
            ],
            path: "Sources/Tool/erde", swiftSettings: swiftSettings),

        // Tests
        .executableTarget(
            name: "FuzzImport", dependencies: ["Diagnostics", "ONNXFormat"], path: "Tests/Fuzz/FuzzImport",
            swiftSettings: swiftSettings),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .target(
            name: "TestSupport",
            dependencies: ["Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "ReferenceEngine"],
            path: "Tests/TestSupport", swiftSettings: swiftSettings),
        tests("GraphsTests", ["Diagnostics", "Tensors", "Graphs", "Artifacts", "TestSupport"]),
        tests(
            "EngineConformanceTests",
            [
                "Diagnostics", "Tensors", "Graphs", "Execution", "ReferenceEngine", "CPUEngine", "CLoops",
                "CAllocationCounter", "TestSupport",
            ]),
        tests(
            "IngestTests",
            [
                "Diagnostics", "Tensors", "Artifacts", "Images", "FileTrees", "ArrayFiles", "DatasetFile", "Ingest",
                "ReportFile", "TestSupport",
            ]),
        tests(
            "ONNXFormatTests",
            [
                "Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "ReferenceEngine", "Architectures",
                "ONNXFormat", "TestSupport",
            ]),
        tests(
            "ExportFormatsTests",
            [
                "Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "ReferenceEngine", "Architectures",
                "SafetensorsFormat", "C99Format", "NCNNFormat", "TFLiteFormat", "OpenVINOFormat", "TestSupport",
            ]),
        tests(
            "LearningTests",
            [
                "Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "ReferenceEngine", "CPUEngine",
                "Architectures", "Losses", "Inference", "Training", "Quantization",
                "TestSupport",
            ]),
        tests(
            "PruningTests",
            [
                "Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "ReferenceEngine", "CPUEngine", "Architectures",
                "ONNXFormat", "Training", "Pruning", "Prune", "TestSupport",
            ]),
        tests(
            "StagesTests",
            [
                "Diagnostics", "Tensors", "Graphs", "Execution", "Artifacts", "CPUEngine", "Inference", "Calibrate",
                "Report", "ReportFile", "FoldFile", "FileTrees", "Quantize", "Classify", "CSchemas", "TrainTeacher",
                "Distill", "Architectures", "Import", "Training", "TestSupport",
            ]),
        tests("PipelineTests", ["Artifacts", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)

// The readers of untrusted bytes under libFuzzer, which brings its own main: Tests/Fuzz/run.sh builds it.
if Context.environment["ERDE_FUZZ_BUILD"] == "1" {
    package.targets.append(
        .executableTarget(
            name: "FuzzReaders",
            dependencies: ["Diagnostics", "Artifacts", "Images", "FileTrees", "ArrayFiles", "DatasetFile"],
            path: "Tests/Fuzz/FuzzReaders",
            swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])]))
}
