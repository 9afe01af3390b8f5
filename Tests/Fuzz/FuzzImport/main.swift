import Diagnostics
import Foundation
import Glibc
import ONNXFormat

// Feeds changed files to the reader of foreign ONNX: whatever it does not refuse with an error of its own ends this
// program. Usage: FuzzImport SECONDS SEED FILE…

/// Most seconds of a processor that one file may take.
let limit = 5.0

/// Seconds of a processor that this program has had: a busy machine is no finding.
func processorSeconds() -> Double { Double(Glibc.clock()) / Double(CLOCKS_PER_SEC) }

guard CommandLine.arguments.count > 3, let seconds = Int(CommandLine.arguments[1]), let seed = UInt64(CommandLine.arguments[2])
else {
    print("usage: FuzzImport SECONDS SEED FILE...")
    exit(64)
}
let files = try CommandLine.arguments.dropFirst(3).map { [UInt8](try Data(contentsOf: URL(filePath: $0))) }
let words = Array(Set(files.compactMap { WireTree($0[...], as: .model) }.flatMap(\.texts)))
    .sorted { $0.lexicographicallyPrecedes($1) }
var mutator = Mutator(seed: seed, words: words)
let clock = ContinuousClock()
let start = clock.now
var (tried, classifiers) = (0, 0)
let options = ImportOptions()
while clock.now - start < .seconds(seconds) {
    let bytes = mutator.mutated(files[tried % files.count])
    let began = processorSeconds()
    do throws(ErdeError) {
        let file = try ForeignModel(bytes: bytes, path: "fuzz.onnx", folder: "/nonexistent")
        _ = (file.inputs, file.outputs, file.operators.count, file.scalarCount)
        let (model, _) = try file.classifier(options)
        _ = try ONNXWriter.bytes(of: model)
        classifiers += 1
    } catch {
        precondition(!error.description.contains("\n"), "an error of several lines: \(error.description)")
    }
    tried += 1
    let taken = processorSeconds() - began
    if taken > limit {
        try Data(bytes).write(to: URL(filePath: "fuzz-slow.onnx"))
        print("file \(tried) of seed \(seed) took \(taken) seconds; it is in fuzz-slow.onnx")
        exit(1)
    }
}
print("\(tried) files tried, \(classifiers) of them still classifiers, no finding (seed \(seed))")
