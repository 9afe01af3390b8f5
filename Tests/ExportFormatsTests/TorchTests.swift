import Artifacts
import Diagnostics
import Foundation
import Graphs
import SafetensorsFormat
import Tensors
import TestSupport
import Testing

/// Weights and source for PyTorch. That PyTorch computes the same is checked in Tests/Interop.
@Suite struct TorchTests {
    /// A safetensors file, read by the published layout.
    private struct Read {
        var tensors: [String: (type: String, shape: [Int], bytes: [UInt8])] = [:]
        var metadata: [String: String] = [:]

        init(_ bytes: [UInt8]) throws {
            let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            let header = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length])) as? [String: Any] ?? [:]
            var end = 0
            for (name, entry) in header {
                if name == "__metadata__" {
                    metadata = entry as? [String: String] ?? [:]
                    continue
                }
                let entry = try #require(entry as? [String: Any])
                let offsets = try #require(entry["data_offsets"] as? [Int])
                end = max(end, offsets[1])
                tensors[name] = (
                    try #require(entry["dtype"] as? String), try #require(entry["shape"] as? [Int]),
                    Array(bytes[(8 + length + offsets[0])..<(8 + length + offsets[1])])
                )
            }
            #expect(length % 8 == 0)
            #expect(8 + length + end == bytes.count)
        }
    }

    @Test func tensorsHaveTheNamesOfPyTorch() throws {
        let model = try SampleNetworks.preResNet()
        let files = try TorchExport.files(of: model, name: "net", policy: nil)
        #expect(files.map(\.name) == ["net.py", "net.safetensors"])
        let read = try Read(files[1].bytes)
        #expect(read.metadata["format"] == "pt")
        for name in [
            "stem.weight", "stages.0.blocks.0.norm1.weight", "stages.0.blocks.0.norm1.bias",
            "stages.0.blocks.0.norm1.running_mean", "stages.0.blocks.0.norm1.running_var",
            "stages.0.blocks.0.norm1.num_batches_tracked", "stages.1.blocks.1.conv2.weight",
            "stages.2.blocks.0.shortcut.weight", "exits.2.linear.weight", "exits.2.linear.bias", "normalization_mean",
        ] { #expect(read.tensors[name] != nil, "\(name) in \(read.tensors.keys.sorted())") }
        let stem = try #require(read.tensors["stem.weight"])
        #expect(stem.type == "F32" && stem.shape == [5, 3, 3, 3])
        #expect(stem.bytes == model.parameters["stem_weight"]?.withUnsafeBytes { Array($0) })
        #expect(read.tensors["stages.0.blocks.0.norm1.num_batches_tracked"]?.type == "I64")
        let written = read.tensors.filter { $0.value.type == "F32" && !$0.key.hasPrefix("normalization") }
        #expect(written.count == model.graph.variables.count)
    }

    @Test func theSourceIsOneFileWithoutHoles() throws {
        let policy = ExitPolicy(thresholds: [0.25, .infinity])
        let files = try TorchExport.files(of: try SampleNetworks.preResNet(), name: "net", policy: policy)
        let source = String(decoding: files[0].bytes, as: UTF8.self)
        for part in [
            "self.add(\"stem\", nn.Conv2d(3, 5, 3, padding=1, bias=False))", "nn.BatchNorm2d(5, eps=1e-05, momentum=0.1)",
            "THRESHOLDS = [0.25, float(\"inf\")]", "def segment3(self, ", "self.exits[0].linear(exit1_dropout)",
            "self.stages[1].blocks[0].conv1(", "F.avg_pool2d(exit1_norm_relu, 2, 2, 0, count_include_pad=False)",
        ] { #expect(source.contains(part), "\(part) in \(source)") }
    }

    @Test(arguments: SampleNetworks.families) func everyFamilyHasLayers(_ name: String) throws {
        let model = try SampleNetworks.network(named: name)
        let files = try TorchExport.files(of: model, name: "net", policy: nil)
        let read = try Read(files[1].bytes)
        let written = read.tensors.filter { $0.value.type == "F32" && !$0.key.hasPrefix("normalization") }
        #expect(written.count == model.graph.variables.count)
        let concatenates = model.graph.nodes.contains { $0.op == .concatenate }
        #expect(String(decoding: files[0].bytes, as: UTF8.self).contains("torch.cat((") == concatenates)
    }

    @Test func namesThatPyTorchTakesAreLeftToIt() throws {
        var model = try SampleNetworks.preResNet()
        var builder = GraphBuilder()
        var x = builder.input(Model.inputName, TensorType([1, 4]))
        let names = ["segment1", "named_children", "requires_grad_", "lambda", "segmented"]
        for name in names {
            let weight = builder.variable("\(name)_weight", [4, 4], role: .weight)
            x = try builder.apply(.linear, x, weight, name: "value_\(name)")
            model.parameters["\(name)_weight"] = Tensor(repeating: 1, [4, 4])
        }
        builder.output("logits_exit1", x)
        model.graph = builder.graph
        let source = String(decoding: try TorchExport.files(of: model, name: "net", policy: nil)[0].bytes, as: UTF8.self)
        for name in names.dropLast().map({ "layer_\($0)" }) + ["segmented"] {
            #expect(source.contains("self.add(\"\(name)\", "), "\(name) in \(source)")
        }
        // Python knows no such escape.
        #expect(source.contains("ü/ß") && !source.contains("\\/"))
    }

    @Test func layersOfOneNameAreRefusedByName() throws {
        var model = try SampleNetworks.preResNet()
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 4]))
        let shared = builder.variable("shared_weight", [4, 4], role: .weight)
        let first = try builder.apply(.linear, image, shared, name: "first")
        let loose = try builder.apply(.add, first, builder.variable("loose", [4], role: .bias), name: "sum")
        builder.output("logits_exit1", try builder.apply(.linear, loose, shared, name: "second"))
        model.graph = builder.graph
        model.parameters = Parameters([
            "shared_weight": Tensor(repeating: 1, [4, 4]), "loose": Tensor(repeating: 1, [4]),
        ])
        let error = #expect(throws: ErdeError.self) { try TorchExport.files(of: model, name: "net", policy: nil) }
        #expect(error?.kind == .badData)
        for part in ["two layers named shared", "variable loose"] { #expect(error?.problem.contains(part) == true) }
    }
}
