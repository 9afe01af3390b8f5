import Artifacts
import Diagnostics
import FoundationEssentials
import Glibc
import ONNXFormat
import TestSupport
import Testing

/// Broken and malicious files of others end in one line of error that says what is wrong.
@Suite struct HostileForeignFileTests {
    /// A change to a good file and what its error says.
    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let expected: String
        let change: @Sendable (inout WireMessage) -> Void

        /// A change to the graph.
        init(_ name: String, _ expected: String, _ change: @escaping @Sendable (inout WireMessage) -> Void) {
            testDescription = name
            self.expected = expected
            self.change = { $0.edit(7, change) }
        }

        /// A change to the nodes of one ONNX operator.
        static func nodes(
            _ name: String, _ type: String, _ expected: String, _ change: @escaping @Sendable (inout WireMessage) -> Void
        ) -> Attack {
            Attack(name, expected) { $0.edit(1, where: { $0.texts(4) == [type] }, change) }
        }
    }

    private static func node(_ type: String, _ inputs: [String], _ output: String) -> WireMessage {
        var node = WireMessage()
        for input in inputs { node.add(1, input) }
        node.add(2, output)
        node.set(4, type)
        return node
    }

    static let attacks: [Attack] = [
        Attack("no nodes", "nothing computes output") { $0.remove(1) },
        Attack("no outputs", "has no outputs") { $0.remove(12) },
        Attack("no inputs", "expected one input of float images") { $0.remove(11) },
        Attack("two inputs", "expected one input of float images") { graph in
            let inputs = graph.fields.filter { $0.number == 11 }
            graph.edit(11) { $0.set(1, "other") }
            graph.fields += inputs
        },
        Attack("tensors missing", "no tensor holds") { $0.remove(5) },
        Attack("tensors twice", "two tensors are named") { graph in graph.fields += graph.fields.filter { $0.number == 5 } },
        Attack("a cycle", "nothing before it computes") { graph in
            graph.fields = graph.fields.filter { $0.number != 1 } + graph.fields.filter { $0.number == 1 }.reversed()
        },
        Attack("nodes twice", "two values are named") { graph in graph.fields += graph.fields.filter { $0.number == 1 } },
        Attack("impossible extents", "impossible extents") { graph in
            graph.edit(5) { tensor in if tensor.integers(1).count == 4 { tensor.set(1, 1 << 40, 1 << 40, 3, 3) } }
        },
        Attack("negative extents", "impossible extents") { graph in
            graph.edit(5) { tensor in if tensor.integers(1).count == 4 { tensor.set(1, -6, 3, 3, 3) } }
        },
        Attack("cut tensors", "bytes, expected") { graph in
            graph.edit(5) { tensor in
                tensor.fields = tensor.fields.map { field in
                    guard field.number == 9, case .bytes(let bytes) = field.content else { return field }
                    return (field.number, .bytes(Array(bytes.dropLast())))
                }
            }
        },
        Attack("tensors of text", "a type that erde does not read") { $0.edit(5) { $0.set(2, 8) } },
        Attack("integer weights", "has a weight of shape") { graph in
            graph.edit(5, where: { $0.integers(1).count == 4 }) { tensor in
                tensor.set(2, 6)
            }
        },
        Attack("data in another folder", "expected a file below the model's folder") { $0.edit(5) { outside(&$0, "../secret") } },
        Attack("data by an absolute path", "expected a file below the model's folder") {
            $0.edit(5) { outside(&$0, "/etc/passwd") }
        },
        Attack("data that is not there", "is not below the model's folder") { $0.edit(5) { outside(&$0, "weights.data") } },
        .nodes("an unknown operator", "Conv", "erde has no operator for it") { $0.set(4, "NonMaxSuppression") },
        .nodes("a foreign domain", "Conv", "operators of the domain com.example") { $0.set(7, "com.example") },
        .nodes("no operands", "Relu", "computes with constants") { $0.remove(1) },
        .nodes("groups of nothing", "Conv", "groups") { node in
            node.edit(5, where: { $0.texts(1) == ["group"] }) { $0.set(3, 0) }
        },
        .nodes("endless padding", "Conv", "has pads of") { node in
            node.edit(5, where: { $0.texts(1) == ["pads"] }) { $0.set(8, .max, .max, .max, .max) }
        },
        .nodes("a window of nothing", "MaxPool", "expected two positive numbers") { node in
            node.edit(5, where: { $0.texts(1) == ["kernel_shape"] }) { $0.set(8, 0, 0) }
        },
        Attack("endless constants", "impossible shape") { graph in
            var shape = WireMessage()
            shape.set(1, 4)
            shape.set(2, 7)
            shape.set(8, "endless")
            for _ in 0..<4 { shape.fields.append((7, .varint(1 << 20))) }
            graph.add(5, shape)
            graph.add(1, node("ConstantOfShape", ["endless"], "huge"))
        },
        Attack("endless extents of nothing", "impossible extents") { $0.add(5, tensor("nothing", 1, 1 << 20, 1 << 18, 0)) },
        Attack("endless constants of nothing", "impossible shape") { graph in
            var shape = tensor("endless", 7, 3)
            for extent in [1 << 20, 1 << 19, 0] as [UInt64] { shape.fields.append((7, .varint(extent))) }
            graph.add(5, shape)
            graph.add(1, node("ConstantOfShape", ["endless"], "nothing"))
        },
        Attack("constants in the name of tensors that are not read", "more constants than any network needs") { graph in
            graph.add(5, tensor("text", 8, 1 << 30))
            var shape = tensor("large", 7, 1)
            shape.fields.append((7, .varint(1 << 22)))
            graph.add(5, shape)
            for index in 0..<10 { graph.add(1, node("ConstantOfShape", ["large"], "large_\(index)")) }
        },
    ]

    private static func tensor(_ name: String, _ type: Int64, _ extents: Int64...) -> WireMessage {
        var tensor = WireMessage()
        tensor.set(2, type)
        tensor.set(8, name)
        for extent in extents { tensor.fields.append((1, .varint(UInt64(extent)))) }
        return tensor
    }

    /// Lets a tensor's bytes lie in another file.
    private static func outside(_ tensor: inout WireMessage, _ location: String) {
        tensor.remove(9)
        tensor.set(14, 1)
        var entry = WireMessage()
        entry.set(1, "location")
        entry.set(2, location)
        tensor.add(13, entry)
    }

    private static func bytes() throws -> [UInt8] { Array(try GoldenFolder.contents(of: "imports/torch_like.onnx")) }

    private func problem(_ bytes: [UInt8], folder: String = "/nonexistent") -> ErdeError? {
        do throws(ErdeError) {
            _ = try ForeignModel(bytes: bytes, path: "file.onnx", folder: folder).classifier(ImportOptions())
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: attacks) func isRefused(attack: Attack) throws {
        var message = WireMessage(try Self.bytes())
        attack.change(&message)
        let error = try #require(problem(message.encoded))
        #expect(error.kind == .badData)
        #expect(error.description.contains(attack.expected), "\(error.description)")
        #expect(!error.description.contains("\n"))
    }

    @Test func everyBeginningOfAFileIsRefusedOrHarmless() throws {
        let bytes = try Self.bytes()
        for count in stride(from: 0, to: bytes.count, by: 97) { _ = problem(Array(bytes.prefix(count))) }
        #expect(problem([]) != nil)
        #expect(problem(Array("not a model".utf8)) != nil)
    }

    @Test func everythingUnknownIsNamedAtOnce() throws {
        var message = WireMessage(try Self.bytes())
        message.edit(7) { graph in
            graph.edit(1, where: { $0.texts(4) == ["MaxPool"] }) { $0.set(4, "LpPool") }
            graph.edit(1, where: { $0.texts(4) == ["GlobalAveragePool"] }) { $0.set(4, "Einsum") }
        }
        let text = try #require(problem(message.encoded)).description
        #expect(text.contains("LpPool") && text.contains("/MaxPool") && !text.contains("Flatten"), "\(text)")
        #expect(text.contains("Einsum /features/21/GlobalAveragePool: erde has no operator for it"), "\(text)")
        // What follows a node that cannot be made is not complained of; what stands beside it is.
        message = WireMessage(try Self.bytes())
        message.edit(7) { graph in
            graph.edit(1, where: { $0.texts(4) == ["Conv"] }) { $0.set(4, "ConvTranspose") }
            graph.add(1, Self.node("Sign", ["input.1"], "beside"))
        }
        let both = try #require(problem(message.encoded)).description
        #expect(both.contains("ConvTranspose /features/2/Conv and 1 more: ") && both.contains("Sign beside"), "\(both)")
    }

    @Test func linksDoNotLeadOutOfTheFolder() throws {
        let manager = FileManager.default
        let folder = "\(manager.temporaryDirectory.path)/erde-links-\(getpid())"
        try manager.createDirectory(atPath: "\(folder)/model", withIntermediateDirectories: true)
        defer { try? manager.removeItem(atPath: folder) }
        let secret = [UInt8](repeating: 0, count: 4096)
        #expect(manager.createFile(atPath: "\(folder)/secret", contents: Data(secret)))
        #expect(symlink("../secret", "\(folder)/model/weights") == 0)
        var message = WireMessage(try Self.bytes())
        message.edit(7) { $0.edit(5) { Self.outside(&$0, "weights") } }
        let error = try #require(problem(message.encoded, folder: "\(folder)/model"))
        #expect(error.description.contains("is not below the model's folder"), "\(error.description)")
    }
}
