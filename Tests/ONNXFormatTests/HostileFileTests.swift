import Artifacts
import Diagnostics
import ONNXFormat
import Tensors
import Testing

/// Broken, foreign and malicious files end in one line of error, never in a crash or a wrong model.
@Suite struct HostileFileTests {
    /// A change to a good file and what its error says.
    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let expected: String
        let change: @Sendable (inout WireMessage) -> Void

        init(_ name: String, _ expected: String, _ change: @escaping @Sendable (inout WireMessage) -> Void) {
            testDescription = name
            self.expected = expected
            self.change = change
        }

        /// A change to the graph.
        static func graph(
            _ name: String, _ expected: String, _ change: @escaping @Sendable (inout WireMessage) -> Void
        ) -> Attack {
            Attack(name, expected) { $0.edit(7, change) }
        }

        /// A change to the nodes of one ONNX operator.
        static func nodes(
            _ name: String, _ type: String, _ expected: String, _ change: @escaping @Sendable (inout WireMessage) -> Void
        ) -> Attack {
            graph(name, expected) { $0.edit(1, where: { $0.texts(4) == [type] }, change) }
        }

        /// A change to an attribute of the nodes of one ONNX operator.
        static func attribute(
            _ type: String, _ attribute: String, _ values: [Int64], _ expected: String
        ) -> Attack {
            nodes("\(type) with \(attribute) \(values)", type, expected) { node in
                node.edit(5, where: { $0.texts(1) == [attribute] }) { message in
                    message.remove(3)
                    message.remove(8)
                    for value in values {
                        message.fields.append((message.integers(20) == [2] ? 3 : 8, .varint(UInt64(bitPattern: value))))
                    }
                }
            }
        }

        /// A change to the initializer `stem_weight`.
        static func stem(
            _ name: String, _ expected: String, _ change: @escaping @Sendable (inout WireMessage) -> Void
        ) -> Attack {
            graph(name, expected) { $0.edit(5, where: { $0.texts(8) == ["stem_weight"] }, change) }
        }

        /// Other extents for the input.
        static func image(_ name: String, _ expected: String, _ extents: [Int64?]) -> Attack {
            graph(name, expected) { graph in
                graph.edit(11) { info in
                    info.edit(2) { type in
                        type.edit(1) { tensor in
                            tensor.edit(2) { shape in
                                shape.remove(1)
                                for extent in extents {
                                    var dimension = WireMessage()
                                    if let extent { dimension.set(1, extent) } else { dimension.set(2, "N") }
                                    shape.add(1, dimension)
                                }
                            }
                        }
                    }
                }
            }
        }

        /// Another value of a metadata entry.
        static func metadata(_ key: String, _ value: String, _ expected: String) -> Attack {
            Attack("metadata \(key) = \(value)", expected) { model in
                model.edit(14, where: { $0.texts(1) == [key] }) { $0.set(2, value) }
            }
        }
    }

    static let attacks: [Attack] = [
        Attack("no graph", "has no graph") { $0.remove(7) },
        Attack("no metadata", "was not written by erde") { $0.remove(14) },
        Attack("no operator set", "operator set none") { $0.remove(8) },
        Attack("a later operator set", "operator set 99") { $0.edit(8) { $0.set(2, 99) } },
        .metadata("erde.formatVersion", "2", "has metadata of version 2"),
        .metadata("erde.role", "\"king\"", "metadata erde.role is not"),
        .metadata("erde.image", "{", "metadata erde.image is not"),
        .metadata("erde.classNames", "[\"one\"]", "names 1 classes"),
        .metadata("erde.cumulativeMACs", "[1]", "3 exits and MACs of 1"),
        .metadata("erde.cumulativeMACs", "[1,2,-3]", "each of which must cost more than the one before"),
        .metadata("erde.cumulativeMACs", "[10,10,20]", "each of which must cost more than the one before"),
        .metadata("erde.cumulativeMACs", "[1,2,9223372036854775807]", "each of which must cost more than the one before"),
        .metadata("erde.cumulativeMACs", "[1,2]", "3 exits and MACs of 2"),
        .metadata(
            "erde.operatingPoints",
            "[{\"budgetMACs\":1,\"calibrationAccuracy\":1,\"calibrationMeanMACs\":1,\"policy\":{\"score\":\"entropy\",\"thresholds\":[1]}}]",
            "1 thresholds for 3 exits"),
        Attack("metadata twice", "2 metadata entries erde.role") { model in
            model.fields += model.fields.filter { field in
                guard field.number == 14, case .bytes(let bytes) = field.content else { return false }
                return WireMessage(bytes).texts(1) == ["erde.role"]
            }
        },

        .graph("no nodes", "nothing computes output") { $0.remove(1) },
        .graph("no outputs", "has no outputs") { $0.remove(12) },
        .graph("no inputs", "reads image") { $0.remove(11) },
        .graph("nodes in the wrong order", "nothing before it computes") { graph in
            graph.fields = graph.fields.filter { $0.number != 1 } + graph.fields.filter { $0.number == 1 }.reversed()
        },
        .graph("an initializer missing", "reads stem_weight") { graph in
            graph.fields.removeAll { field in
                guard field.number == 5, case .bytes(let bytes) = field.content else { return false }
                return WireMessage(bytes).texts(8) == ["stem_weight"]
            }
        },
        .graph("a bit of a weight flipped", "other weights than were written") { graph in
            graph.edit(5, where: { $0.texts(8) == ["stem_weight"] }) { tensor in
                for index in tensor.fields.indices where tensor.fields[index].number == 9 {
                    guard case .bytes(var bytes) = tensor.fields[index].content else { continue }
                    bytes[2] ^= 1
                    tensor.fields[index].content = .bytes(bytes)
                }
            }
        },
        .graph("every initializer twice", "two initializers are named") { graph in
            graph.fields += graph.fields.filter { $0.number == 5 }
        },
        .graph("every node twice", "two values are named") { graph in
            graph.fields += graph.fields.filter { $0.number == 1 }
        },
        .graph("every output twice", "two outputs are named") { graph in
            graph.fields += graph.fields.filter { $0.number == 12 }
        },
        .graph("another output", "nothing computes output nowhere") { $0.edit(12) { $0.set(1, "nowhere") } },
        .nodes("a node that reads itself", "Relu", "nothing before it computes") { node in
            node.replace(1, at: 0, with: node.texts(2)[0])
        },
        .nodes("an operator of nobody's", "Relu", "does not know: Bad?Name") { $0.set(4, "Bad\nName") },
        .nodes("a foreign domain", "Relu", "does not know: com.other.Relu") { $0.set(7, "com.other") },
        .nodes("no output", "Relu", "has 0 outputs") { $0.remove(2) },
        .nodes("three outputs", "Relu", "has 3 outputs") {
            $0.add(2, "second")
            $0.add(2, "third")
        },
        .nodes("a name with a space", "Relu", "no C90 identifier") { $0.set(2, "a b") },
        .nodes("no operands", "Add", "has 0 operands") { $0.remove(1) },
        .nodes("an unknown attribute", "Relu", "attribute slope is not understood") { node in
            var attribute = WireMessage()
            attribute.set(1, "slope")
            attribute.set(20, 1)
            node.add(5, attribute)
        },
        .attribute("Conv", "strides", [0, 1], "strides is no list"),
        .attribute("Conv", "strides", [.max, .min], "strides is no list"),
        .attribute("Conv", "strides", [1], "strides is no list"),
        .attribute("Conv", "pads", [-1, 0, 0, 0], "pads is no list"),
        .attribute("Conv", "pads", [65_536, 65_536, 65_536, 65_536], "impossible size"),
        .attribute("Conv", "dilations", [65_536, 65_536], "expects an image of at least"),
        .attribute("Conv", "group", [0], "group is 0"),
        .attribute("Conv", "group", [2], "expects input channels"),
        .attribute("Conv", "group", [.min], "group is no integer"),
        .attribute("AveragePool", "kernel_shape", [50, 50], "expects an image of at least"),
        .attribute("AveragePool", "kernel_shape", [.max, 2], "kernel_shape is no list"),
        .attribute("Gemm", "transB", [0], "transB is 0"),
        .attribute("Flatten", "axis", [0], "axis is 0"),
        .nodes("a computed dropout ratio", "Dropout", "is not stored in the file") { node in
            node.replace(1, at: 1, with: node.texts(1)[0])
        },

        .stem("double precision", "element type 11") { $0.set(2, 11) },
        .stem("weights in another file", "lies in another file") { $0.set(14, 1) },
        .stem("a negative extent", "impossible extents") { $0.set(1, -5, 3, 3, 3) },
        .stem("an extent of zero", "impossible extents") { $0.set(1, 0, .max, 3, 3) },
        .stem("extents beyond counting", "impossible extents") { $0.set(1, .max, .max, 3, 3) },
        .stem("extents beyond memory", "bytes, expected") { $0.set(1, 1 << 40, 1, 1, 1) },
        .stem("too many axes", "has 9 axes") { $0.set(1, 1, 1, 1, 1, 1, 1, 1, 1, 135) },
        .stem("other extents", "bytes, expected") { $0.set(1, 5, 3, 3, 2) },
        .stem("another order of extents", "expects input channels") { $0.set(1, 3, 5, 3, 3) },
        .stem("no content", "has 0 elements") { $0.remove(9) },

        .image("an image of another size", "metadata says", [nil, 3, 13, 16]),
        .image("an image of no size", "extent that is not", [nil, 3, 0, 17]),
        .image("a negative image", "extent that is not", [nil, 3, -13, 17]),
        .image("a huge image", "impossible size", [nil, 65_536, 65_536, 17]),
        .image("an image of any size", "extent that is not", [nil, 3, nil, nil]),
        .image("no image", "has no shape", []),
        .image("rows", "expects", [nil, 3]),
    ]

    @Test(arguments: attacks)
    func isRefusedInOneLine(_ attack: Attack) throws {
        let good = try ONNXWriter.bytes(of: try SampleModels.preResNet())
        var message = WireMessage(good)
        attack.change(&message)
        let bad = message.encoded
        #expect(bad != good)
        let error = #expect(throws: ErdeError.self) { try ONNXReader.model(from: bad, name: "model.pb") }
        #expect(error?.kind == .badData)
        #expect(error?.subject == "model.pb")
        let text = error?.description ?? ""
        #expect(!text.contains("\n"))
        #expect(text.contains(attack.expected), "\(text)")
    }

    @Test(arguments: ["", "\n", "erde", "%PDF-1.4 something", "{\"ir_version\": 8}"])
    func otherFilesAreRefused(content: String) {
        let error = #expect(throws: ErdeError.self) { try ONNXReader.model(from: Array(content.utf8), name: "model.pb") }
        #expect(error?.kind == .badData)
        #expect(error?.problem.contains("is no ONNX model") == true)
    }

    @Test func truncationAnywhereIsRefused() throws {
        let good = try ONNXWriter.bytes(of: try SampleModels.preResNet())
        var lengths = Array(stride(from: 0, to: good.count, by: 61))
        lengths += good.count - 64..<good.count
        for length in lengths {
            let error = #expect(throws: ErdeError.self, "\(length) bytes") {
                try ONNXReader.model(from: Array(good[..<length]), name: "model.pb")
            }
            #expect(error?.kind == .badData)
        }
    }

    @Test func damagedBytesNeverCrash() throws {
        let good = try ONNXWriter.bytes(of: try SampleModels.everyOperator())
        var random = RandomGenerator(seed: 11)
        var refused = 0
        for _ in 0..<2_000 {
            var bad = good
            for _ in 0...random.below(4) { bad[random.below(bad.count)] = UInt8(random.below(256)) }
            do {
                _ = try ONNXReader.model(from: bad, name: "model.pb")
            } catch {
                refused += 1
                #expect(error.kind == .badData && !error.description.contains("\n"), "\(error)")
            }
        }
        #expect(refused > 500)
    }
}
