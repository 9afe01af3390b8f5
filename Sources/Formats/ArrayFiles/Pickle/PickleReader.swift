package import Diagnostics

/// Reads pickled dictionaries of numbers, texts and NumPy arrays: a machine over the opcodes that such files consist of.
///
/// Nothing is imported or called: of the names that a pickle may ask for, those few that build bytes and arrays stand for
/// code here (see `PickleGlobals`), and every other name and opcode is refused. Protocols 2 to 5.
package struct PickleReader {
    private var reader: ByteReader
    private let limits: PickleLimits
    private var stack: [PickleNode] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleNode] = [:]
    private var valueCount = 0
    /// Bytes that may still be made of texts: each text of the file once, which is how files have them.
    private var encodableCount: Int

    /// Whether a file begins as pickles of these protocols do.
    package static func isPickle(head: [UInt8]) -> Bool { head.count > 2 && head[0] == 0x80 && (2...5).contains(head[1]) }

    /// The value of a pickle.
    ///
    /// - Parameter name: what errors call the file.
    /// - Throws: `ErdeError` of kind `badData`: damaged, beyond the limits or more than data.
    package static func read(
        _ bytes: [UInt8], limits: PickleLimits = PickleLimits(), name: String
    ) throws(ErdeError) -> PickleValue {
        guard isPickle(head: bytes) else {
            throw ErdeError(.badData, name, "expected a pickle of protocol 2 to 5", remedy: "get the file again")
        }
        var machine = PickleReader(reader: ByteReader(bytes[...], name: name), limits: limits)
        return try machine.run().value
    }

    private init(reader: ByteReader, limits: PickleLimits) {
        self.reader = reader
        encodableCount = reader.bytes.count
        self.limits = limits
    }

    private mutating func run() throws(ErdeError) -> PickleNode {
        while true {
            let code = try reader.byte()
            guard let opcode = PickleOpcode(rawValue: code) else {
                throw refused("the opcode 0x\(String(code, radix: 16)) at byte \(reader.offset - 1)")
            }
            if opcode == .stop { return try pop() }
            try execute(opcode)
        }
    }

    private mutating func execute(_ opcode: PickleOpcode) throws(ErdeError) {
        switch opcode {
        case .stop: break
        case .protocolVersion: _ = try reader.take(1)
        case .frame: _ = try reader.take(8)
        case .mark: marks.append(stack.count)
        case .pushNone: try push(.value(.none))
        case .pushTrue: try push(.value(.bool(true)))
        case .pushFalse: try push(.value(.bool(false)))
        case .integer1: try push(.value(.integer(try reader.length(1))))
        case .integer2: try push(.value(.integer(try reader.length(2))))
        case .integer4: try push(.value(.integer(try reader.signed32())))
        case .long1: try push(.value(.integer(try long())))
        case .float8: try push(.value(.float(try float())))
        case .bytes1, .string1: try push(.value(.bytes(try reader.take(try reader.length(1)))))
        case .bytes4: try push(.value(.bytes(try reader.take(try reader.length(4)))))
        case .string4: try push(.value(.bytes(try reader.take(try reader.signed32()))))
        case .bytes8, .byteArray8: try push(.value(.bytes(try reader.take(try reader.length(8)))))
        case .text1: try pushText(try reader.take(try reader.length(1)))
        case .text4: try pushText(try reader.take(try reader.length(4)))
        case .text8: try pushText(try reader.take(try reader.length(8)))
        case .emptyList: try push(.list([]))
        case .emptyTuple: try push(.tuple([]))
        case .emptyDictionary: try push(.dictionary([]))
        case .append: try append([try pop()])
        case .appends: try append(try popMark())
        case .setItem:
            let value = try pop()
            try setItems([try pop(), value])
        case .setItems: try setItems(try popMark())
        case .tuple: try pushTuple(try popMark())
        case .tuple1: try pushTuple([try pop()])
        case .tuple2:
            let last = try pop()
            try pushTuple([try pop(), last])
        case .tuple3:
            let last = try pop()
            let middle = try pop()
            try pushTuple([try pop(), middle, last])
        case .global: try pushGlobal(module: text(try reader.line(limit: 256)), name: text(try reader.line(limit: 256)))
        case .stackGlobal:
            let (name, module) = (try pop().string, try pop().string)
            guard let name, let module else { throw damaged("a name that is no text") }
            try pushGlobal(module: module, name: name)
        case .reduce:
            let arguments = try pop()
            let function = try pop()
            try push(try PickleGlobals.call(function, with: arguments, encoded: &encodableCount, name: reader.name))
        case .build:
            let state = try pop()
            try push(try PickleGlobals.build(try pop(), from: state, name: reader.name))
        case .put1: try remember(try reader.length(1))
        case .put4: try remember(try reader.length(4))
        case .memoize: try remember(memo.count)
        case .get1: try recall(try reader.length(1))
        case .get4: try recall(try reader.length(4))
        }
    }

    // MARK: Stack and memo

    private mutating func push(_ content: PickleNode.Content) throws(ErdeError) {
        valueCount += 1
        if valueCount > limits.values { throw tooMuch("more than \(limits.values) values") }
        try push(PickleNode(content))
    }

    private mutating func push(_ node: PickleNode) throws(ErdeError) {
        if stack.count >= limits.stack { throw tooMuch("more than \(limits.stack) values wait") }
        stack.append(node)
    }

    private mutating func pop() throws(ErdeError) -> PickleNode {
        guard stack.count > marks.last ?? 0, let node = stack.popLast() else { throw damaged("nothing is there to take") }
        return node
    }

    private mutating func popMark() throws(ErdeError) -> [PickleNode] {
        guard let mark = marks.popLast(), mark <= stack.count else { throw damaged("no mark is set") }
        let nodes = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return nodes
    }

    private mutating func remember(_ index: Int) throws(ErdeError) {
        guard let last = stack.last else { throw damaged("nothing is there to remember") }
        if memo.count >= limits.values { throw tooMuch("more than \(limits.values) values") }
        memo[index] = last
    }

    private mutating func recall(_ index: Int) throws(ErdeError) {
        guard let node = memo[index] else { throw damaged("number \(index) was never remembered") }
        try push(node)
    }

    // MARK: Values

    private mutating func pushText(_ bytes: ArraySlice<UInt8>) throws(ErdeError) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw damaged("a text is no UTF-8") }
        try push(.value(.text(text)))
    }

    private mutating func long() throws(ErdeError) -> Int {
        let count = try reader.length(1)
        guard count <= 8 else { throw damaged("a number of \(count) bytes") }
        if count == 0 { return 0 }
        let bits = try reader.number(count)
        let shift = UInt64(64 - 8 * count)
        return Int(Int64(bitPattern: bits << shift) >> Int64(shift))
    }

    private mutating func float() throws(ErdeError) -> Double {
        Double(bitPattern: try reader.take(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    private mutating func pushTuple(_ nodes: [PickleNode]) throws(ErdeError) {
        let tuple = PickleNode(.tuple(nodes))
        try use(nodes, in: tuple)
        try push(tuple)
    }

    private mutating func append(_ nodes: [PickleNode]) throws(ErdeError) {
        let target = try changeable()
        guard case .list(var list) = target.content else { throw damaged("something is appended to no list") }
        target.content = .list([])
        list += nodes
        target.content = .list(list)
        try use(nodes, in: target)
    }

    private mutating func setItems(_ nodes: [PickleNode]) throws(ErdeError) {
        let target = try changeable()
        guard case .dictionary(var entries) = target.content, nodes.count % 2 == 0 else {
            throw damaged("entries are put into no dictionary")
        }
        target.content = .dictionary([])
        for index in stride(from: 0, to: nodes.count, by: 2) { entries.append((nodes[index], nodes[index + 1])) }
        target.content = .dictionary(entries)
        try use(nodes, in: target)
    }

    private mutating func pushGlobal(module: String, name: String) throws(ErdeError) {
        guard let function = PickleGlobals.function(module: module, name: name) else { throw refused("\(module).\(name)") }
        try push(.function(function))
    }

    /// The container on top of the stack, which must not be part of another yet.
    private func changeable() throws(ErdeError) -> PickleNode {
        guard stack.count > marks.last ?? 0, let target = stack.last else { throw damaged("nothing is there to fill") }
        guard !target.isPart else { throw damaged("something is changed after it was used") }
        return target
    }

    /// Makes nodes parts of another.
    private func use(_ nodes: [PickleNode], in whole: PickleNode) throws(ErdeError) {
        for node in nodes {
            node.isPart = true
            whole.depth = max(whole.depth, node.depth + 1)
            whole.weight = min(limits.values + 1, whole.weight + node.weight)
        }
        if whole.depth > limits.depth { throw tooMuch("nested more than \(limits.depth) deep") }
        if whole.weight > limits.values { throw tooMuch("more than \(limits.values) values") }
        if whole.isPart { throw damaged("something contains itself") }
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    // MARK: Errors

    private func damaged(_ what: String) -> ErdeError {
        ErdeError(.badData, reader.name, "damaged pickle: \(what)", remedy: "get the file again")
    }

    private func refused(_ what: String) -> ErdeError {
        ErdeError(
            .badData, reader.name, "asks for \(what), which is more than data", remedy: "do not trust it; get the file again")
    }

    private func tooMuch(_ what: String) -> ErdeError {
        ErdeError(.badData, reader.name, "beyond the limits of a dataset: \(what)", remedy: "check that it is the right file")
    }
}
