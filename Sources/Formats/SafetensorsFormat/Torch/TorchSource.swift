import Artifacts
import Diagnostics
import FoundationEssentials

/// The Python file that gives a model back to PyTorch.
struct TorchSource {
    let layers: TorchLayers
    let metadata: ModelMetadata
    let policy: ExitPolicy?
    /// The name of both files, without their endings.
    let name: String

    func text() throws(ErdeError) -> String {
        let image = metadata.image
        let thresholds = policy?.thresholds ?? [Double](repeating: 0, count: metadata.cumulativeMACs.count - 1)
        return """
            \"""An early-exit classifier, written by erde \(erdeVersion). Needs nothing but PyTorch.

                from \(name) import load

                model = load()                        # weights from \(name).safetensors beside this file
                logits = model(images)                # one tensor [N, K] per exit
                logits, exits = model.classify(images)  # each image leaves at the first exit that is sure of it

            Images are [N, \(image.channels), \(image.height), \(image.width)] with pixels scaled to 0...1; normalisation is inside.
            \"""

            import json
            import pathlib

            import torch
            from torch import nn
            from torch.nn import functional as F

            CLASS_NAMES = \(try TorchSource.json(metadata.classNames))
            # MACs of one image that leaves at each exit, all heads on the way counted.
            CUMULATIVE_MACS = \(metadata.cumulativeMACs)
            # An image leaves at the first exit whose score is less; 0 sends every image through the whole network.
            THRESHOLDS = [\(thresholds.map(TorchSource.number).joined(separator: ", "))]


            def score(logits):
                \"""How unsure an exit is: \((policy?.score ?? .entropy).words).\"""
                logarithms = F.log_softmax(logits, 1)
            \((policy?.score ?? .entropy).python.map { "    \($0)" }.joined(separator: "\n"))


            class Group(nn.Module):
                \"""Layers by name, or by number.\"""

                def __getitem__(self, number):
                    return self._modules[str(number)]


            class Model(nn.Module):
                # Per segment between exits: its function, what it reads, what it gives (logits first), what later ones read.
                SEGMENTS = [
            \(segmentTable)
                ]

                def __init__(self):
                    super().__init__()
            \(constructors)

                def add(self, path, layer):
                    \"""Puts a layer at a path of names and numbers.\"""
                    *groups, name = path.split(".")
                    parent = self
                    for group in groups:
                        if group not in parent._modules:
                            parent.add_module(group, Group())
                        parent = parent._modules[group]
                    parent.add_module(name, layer)

            \(functions)

                def forward(self, image):
                    \"""The logits of every exit.\"""
                    values, logits = {"image": image}, []
                    for function, reads, gives, _ in self.SEGMENTS:
                        results = getattr(self, function)(*[values[name] for name in reads])
                        values.update(zip(gives, results))
                        logits.append(results[0])
                    return logits

                @torch.no_grad()
                def classify(self, image, thresholds=THRESHOLDS):
                    \"""Logits [N, K] and exit, counted from 1, of every image; only images that stay go deeper.\"""
                    waiting = torch.arange(len(image), device=image.device)
                    logits = image.new_zeros(len(image), len(CLASS_NAMES))
                    exits = waiting.new_zeros(len(image))
                    values = {"image": image}
                    for number, (function, reads, gives, keeps) in enumerate(self.SEGMENTS):
                        results = getattr(self, function)(*[values[name] for name in reads])
                        values.update(zip(gives, results))
                        leaves = torch.ones_like(waiting, dtype=torch.bool)
                        if number < len(thresholds):
                            leaves = score(results[0]) < thresholds[number]
                        logits[waiting[leaves]] = results[0][leaves]
                        exits[waiting[leaves]] = number + 1
                        waiting = waiting[~leaves]
                        if len(waiting) == 0:
                            break
                        values = {name: values[name][~leaves] for name in keeps}
                    return logits, exits


            def read_tensors(path):
                \"""The tensors of a safetensors file by name, as safetensors.torch.load_file gives them.\"""
                content = bytearray(pathlib.Path(path).read_bytes())
                start = 8 + int.from_bytes(content[:8], "little")
                types, tensors = {"F32": torch.float32, "I32": torch.int32, "I64": torch.int64}, {}
                for name, entry in json.loads(content[8:start]).items():
                    if name == "__metadata__":
                        continue
                    begin, end = entry["data_offsets"]
                    type = types[entry["dtype"]]
                    flat = torch.frombuffer(content, dtype=type, offset=start + begin, count=(end - begin) // type.itemsize)
                    tensors[name] = flat.reshape(entry["shape"]).clone()
                return tensors


            def load(path=pathlib.Path(__file__).with_name("\(name).safetensors")):
                \"""The model with its weights, for inference.\"""
                model = Model()
                model.load_state_dict(read_tensors(path))
                return model.eval()

            """
    }

    private var segmentTable: String {
        layers.segments.enumerated().map { index, segment in
            "        (\"segment\(index + 1)\", \(strings(segment.reads)), \(strings(segment.gives)), \(strings(segment.keeps))),"
        }.joined(separator: "\n")
    }

    private var constructors: String {
        let constants = layers.buffers.map { "        self.register_buffer(\"\($0.path)\", torch.zeros(\($0.shape)))" }
        return (constants + layers.layers.map { "        self.add(\"\($0.path)\", \($0.constructor))" })
            .joined(separator: "\n")
    }

    private var functions: String {
        layers.segments.enumerated().map { index, segment in
            let operands = segment.reads.map(TorchName.variable).joined(separator: ", ")
            let results = segment.gives.map { "\(TorchName.variable($0)), " }.joined()
            return
                (["    def segment\(index + 1)(self, \(operands)):"] + segment.lines.map { "        \($0)" }
                + ["        return \(results.dropLast())"]).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    private func strings(_ names: [String]) -> String { "[" + names.map { "\"\($0)\"" }.joined(separator: ", ") + "]" }

    /// A number as Python reads it.
    private static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "float(\"\(value)\")" }

    /// Text as Python and JSON both read it.
    private static func json(_ value: [String]) throws(ErdeError) -> String {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .withoutEscapingSlashes
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw ErdeError(.badData, "class names", "cannot be written as JSON: \(error)")
        }
    }
}

extension GateScore {
    fileprivate var words: String {
        switch self {
        case .entropy: "the entropy of the softmax in nats"
        case .normalizedEntropy: "the entropy of the softmax, divided by its maximum"
        case .oneMinusMaximum: "1 minus the largest probability"
        }
    }

    fileprivate var python: [String] {
        let entropy = "-(logarithms.exp() * logarithms).sum(1).clamp(max=0)"
        switch self {
        case .entropy: return ["return \(entropy)"]
        case .normalizedEntropy:
            return ["return \(entropy) / torch.log(torch.tensor(float(logits.shape[1])))"]
        case .oneMinusMaximum: return ["return 1 - logarithms.exp().amax(1)"]
        }
    }
}
